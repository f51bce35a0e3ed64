"""Element types: torch's names and ranks, and how they combine.

Owns `dtype`, the table from NumPy's types to ours, and PyTorch's promotion rules.  How a Tensor holds its
array is tensor.py's; which operators promote is said by their rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

import numpy as np

BOOL, INTEGER, FLOATING, COMPLEX = range(4)

half_seen = False
"""Set when a type of two bytes (float16, bfloat16) is first used; until then no operation need look for one."""

# NumPy's `kind` of bfloat16 is "V" (it is a library's type, no other such type reaches a tensor), so "fcV" below and
# elsewhere means floating point or complex.


class dtype:  # noqa: N801 - the name is PyTorch's
    """An element type, such as `torch.float32`."""

    __module__ = "torch"
    __slots__ = ("category", "is_complex", "is_floating_point", "is_signed", "itemsize", "name", "np", "tensor_type")

    def __init__(self, name: str, numpy_name: str, category: int, tensor_type: str) -> None:
        self.name = name
        self.category = category
        self.tensor_type = tensor_type
        if category == FLOATING and name.endswith("16"):
            self.itemsize = 2
        else:
            self.np: np.dtype[Any] = np.dtype(numpy_name)
            self.itemsize = self.np.itemsize
        self.is_floating_point = category == FLOATING
        self.is_complex = category == COMPLEX
        self.is_signed = numpy_name not in ("uint8", "bool")

    def __getattr__(self, name: str) -> Any:
        """NumPy's type of a type of two bytes, on its first use; bfloat16's comes from a library."""
        global half_seen
        if name != "np":
            raise AttributeError(f"'torch.dtype' object has no attribute '{name}'")
        if self.name == "bfloat16":
            import ml_dtypes

            self.np = np.dtype(ml_dtypes.bfloat16)
            FROM_NUMPY[self.np] = self
        else:
            self.np = np.dtype(self.name)
        half_seen = True
        return self.np

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("'torch.dtype' object is not callable")

    def __reduce__(self) -> tuple[Any, ...]:
        return (by_name, (self.name,))


float16 = dtype("float16", "float16", FLOATING, "HalfTensor")
bfloat16 = dtype("bfloat16", "bfloat16", FLOATING, "BFloat16Tensor")
float32 = dtype("float32", "float32", FLOATING, "FloatTensor")
float64 = dtype("float64", "float64", FLOATING, "DoubleTensor")
complex64 = dtype("complex64", "complex64", COMPLEX, "ComplexFloatTensor")
complex128 = dtype("complex128", "complex128", COMPLEX, "ComplexDoubleTensor")
uint8 = dtype("uint8", "uint8", INTEGER, "ByteTensor")
int8 = dtype("int8", "int8", INTEGER, "CharTensor")
int16 = dtype("int16", "int16", INTEGER, "ShortTensor")
int32 = dtype("int32", "int32", INTEGER, "IntTensor")
int64 = dtype("int64", "int64", INTEGER, "LongTensor")
bool_ = dtype("bool", "bool", BOOL, "BoolTensor")

ALL = (float16, bfloat16, float32, float64, complex64, complex128, uint8, int8, int16, int32, int64, bool_)
ALIASES = {
    "half": float16,
    "float": float32,
    "double": float64,
    "cfloat": complex64,
    "cdouble": complex128,
    "short": int16,
    "int": int32,
    "long": int64,
}
SCALAR_NAMES = {
    float16: "Half",
    bfloat16: "BFloat16",
    float32: "Float",
    float64: "Double",
    complex64: "ComplexFloat",
    complex128: "ComplexDouble",
    uint8: "Byte",
    int8: "Char",
    int16: "Short",
    int32: "Int",
    int64: "Long",
    bool_: "Bool",
}
C_NAMES = {
    float16: "c10::Half",
    bfloat16: "c10::BFloat16",
    float32: "float",
    float64: "double",
    int64: "long long",
    int32: "int",
    bool_: "bool",
}
CPP_NAMES = C_NAMES | {
    int64: "long int",
    int16: "short int",
    int8: "signed char",
    uint8: "unsigned char",
    complex64: "c10::complex<float>",
    complex128: "c10::complex<double>",
}
"""How C++ itself spells the types, in messages that torch has from its compiler."""

FROM_NUMPY: dict[Any, dtype] = {t.np: t for t in ALL if t.itemsize != 2 or t is int16}
FROM_NUMPY[np.dtype(np.float16)] = float16
_BY_NAME = {t.name: t for t in ALL} | ALIASES

_default = float32


def by_name(name: str) -> dtype:
    """The type called `name`, such as "float32" or "long"."""
    return _BY_NAME[name]


def get_default_dtype() -> dtype:
    """The type of floating-point tensors made from Python numbers."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Make `d`, a floating-point type, the default."""
    global _default
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _default = d


def from_numpy(numpy_dtype: Any) -> dtype:
    """Our type of a NumPy type; TypeError where torch has none."""
    found = FROM_NUMPY.get(np.dtype(numpy_dtype).newbyteorder("="))
    if found is None:
        raise TypeError(
            f"can't convert np.ndarray of type {np.dtype(numpy_dtype).type.__module__}.{np.dtype(numpy_dtype).name}_. "
            "The only supported types are: float64, float32, float16, complex64, complex128, int64, int32, int16, "
            "int8, uint64, uint32, uint16, uint8, and bool."
        )
    if found.itemsize == 2:
        _ = found.np  # now seen
    return found


def of_python(value: Any) -> dtype:
    """The type a Python number has when it becomes a tensor."""
    if isinstance(value, bool | np.bool_):
        return bool_
    if isinstance(value, int | np.integer):
        return int64
    if isinstance(value, complex) and not isinstance(value, float):
        return complex128 if _default.itemsize == 8 else complex64
    return _default


def promote_types(a: dtype, b: dtype) -> dtype:
    """The smallest type that both convert to, by category first."""
    if a is b:
        return a
    if a.category != b.category:
        high, low = (a, b) if a.category > b.category else (b, a)
        if high.category == COMPLEX and low is float64:
            return complex128
        return high
    if a.category == FLOATING:
        return float32 if a.itemsize == b.itemsize else max(a, b, key=lambda t: t.itemsize)
    return FROM_NUMPY[np.promote_types(a.np, b.np)]


def result_type(operands: Iterable[Any]) -> dtype:
    """The type in which arrays, 0-d arrays and Python numbers are combined.

    Arrays with dimensions decide; a 0-d array, and after it a Python number, only counts where its category
    (bool < integer < floating < complex) is higher.
    """
    by_rank: list[dtype | None] = [None, None, None]
    for x in operands:
        shape = getattr(x, "shape", None)
        if shape is None:
            rank, t = 2, of_python(x)
        else:
            rank, t = (0 if shape else 1), FROM_NUMPY[x.dtype]
        seen = by_rank[rank]
        by_rank[rank] = t if seen is None or seen is t else promote_types(seen, t)
    result: dtype | None = None
    for t2 in by_rank:
        if t2 is not None and (result is None or t2.category > result.category):
            result = t2 if result is None else _raised(result, t2)
    if result is None:
        raise ValueError("no operands")
    return result


def _raised(low: dtype, high: dtype) -> dtype:
    """`high`'s category wins over `low`; a float64 under a complex number keeps its precision."""
    return complex128 if high.category == COMPLEX and low is float64 else high


def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether an in-place result of type `from_` may be written into `to`."""
    return from_.category <= to.category


def _finfo(kind: np.dtype[Any]) -> Any:
    """NumPy's limits of a floating-point type, or those of the library that has bfloat16."""
    if kind.kind != "V":
        return np.finfo(kind)
    import ml_dtypes

    found: Any = ml_dtypes.finfo
    return found(kind)


def largest(kind: np.dtype[Any]) -> float:
    """The largest finite number of a floating-point array type."""
    return float(_finfo(kind).max)


class finfo:  # noqa: N801 - the name is PyTorch's
    """The numerical limits of a floating-point type."""

    __module__ = "torch"

    def __init__(self, type: dtype | None = None) -> None:
        if not (type or _default).is_floating_point:
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'"
            )
        info = _finfo((type or _default).np)
        self.bits = int(info.bits)
        self.eps, self.max, self.min = float(info.eps), float(info.max), float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = 10.0**-info.precision
        self.dtype = (type or _default).name

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        values = ", ".join(f"{name}={getattr(self, name):g}" for name in names)
        return f"finfo({values}, dtype={self.dtype})"


class iinfo:  # noqa: N801 - the name is PyTorch's
    """The numerical limits of an integer type."""

    __module__ = "torch"

    def __init__(self, type: dtype) -> None:
        if type.category != INTEGER:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        info = np.iinfo(type.np)
        self.bits, self.max, self.min = int(info.bits), int(info.max), int(info.min)
        self.dtype = type.name

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
