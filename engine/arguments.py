"""Which arguments a call gives to which parameters of a row, and torch's sentences where they do not fit.

A sentence that counts positions differs between `torch.add(x, "a")` and `x.add("a")`: `Misfit` carries both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.registry import Op

# Operators with several signatures in torch: an unknown keyword is "an invalid combination" there.
OVERLOADED = frozenset(
    [
        "add",
        "addbmm",
        "addcdiv",
        "addcmul",
        "addmm",
        "addmv",
        "addr",
        "all",
        "any",
        "arange",
        "argsort",
        "baddbmm",
        "bernoulli",
        "bernoulli_",
        "bitwise_and",
        "bitwise_left_shift",
        "bitwise_or",
        "bitwise_right_shift",
        "bitwise_xor",
        "bmm",
        "bucketize",
        "clamp",
        "clamp_max",
        "clamp_min",
        "conv1d",
        "conv2d",
        "conv3d",
        "copysign",
        "count_nonzero",
        "div",
        "eq",
        "eye",
        "fill",
        "float_power",
        "floor_divide",
        "fmod",
        "ge",
        "gt",
        "histogram",
        "index_fill",
        "le",
        "lerp",
        "linspace",
        "logspace",
        "lt",
        "masked_fill",
        "max",
        "mean",
        "min",
        "mm",
        "movedim",
        "nanquantile",
        "narrow",
        "ne",
        "normal",
        "pow",
        "prod",
        "quantile",
        "rand",
        "rand_like",
        "randint",
        "randint_like",
        "randn",
        "randn_like",
        "random_",
        "randperm",
        "remainder",
        "repeat_interleave",
        "round",
        "rsub",
        "scatter",
        "searchsorted",
        "sort",
        "squeeze",
        "std",
        "std_mean",
        "sub",
        "sum",
        "tensor_split",
        "to",
        "true_divide",
        "var",
        "var_mean",
        "view",
        "where",
    ]
)
NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "self": "input", "x": "input", "a": "input", "x1": "input"}
NUMPY_NAMES |= {"x2": "other"}


class Misfit(TypeError):
    """A call that does not fit; `method` is the sentence when it was written as a method."""

    def __init__(self, function: str, method: str) -> None:
        super().__init__(function)
        self.method = method


Misfit.__name__ = Misfit.__qualname__ = "TypeError"


def kinds(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The types of a call's arguments, as torch lists them."""
    return ", ".join([type(a).__name__ for a in args] + [f"{k}={type(v).__name__}" for k, v in kwargs.items()])


def unknown(op: Op, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Misfit:
    """A keyword the operator does not have."""
    sentence = f"{op.name}() got an unexpected keyword argument '{name}'"
    if op.name not in OVERLOADED:
        return Misfit(sentence, sentence)
    found = invalid(op, args, kwargs)
    return Misfit(str(found), sentence) if name == "out" else found


def invalid(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Misfit:
    """A call that none of an operator's signatures fits."""
    start = f"{op.name}() received an invalid combination of arguments - got "
    end = f", but expected one of:\n * ({', '.join(op.parameters)})\n"
    own = kinds(args[1:], kwargs) + (", " if len(args) == 1 and kwargs else "")
    return Misfit(f"{start}({kinds(args, kwargs)}){end}", f"{start}({own}){end}")


def missing(name: str, names: list[str]) -> Misfit:
    """Parameters without a value; torch's plural is the other way round."""
    s = "s" if len(names) == 1 else ""
    listed = ", ".join(f'"{n}"' for n in names)
    sentence = f"{name}() missing {len(names)} required positional argument{s}: {listed}"
    return Misfit(sentence, sentence)


def too_many(name: str, most: int, given: int) -> Misfit:
    """More positional arguments than parameters."""
    s = "" if most == 1 else "s"
    own = "no arguments" if most == 1 else f"{most - 1} positional argument{'' if most == 2 else 's'}"
    rest = f" ({given - 1} given)" if most == 1 else f" but {given - 1} were given"
    prefix = "TensorBase." if most == 1 else ""
    return Misfit(
        f"{name}() takes {most} positional argument{s} but {given} were given",
        f"{prefix}{name}() takes {own}{rest}",
    )


def must_be_tensor(name: str, parameter: str, position: int, value: Any) -> Misfit:
    """A value where a tensor must be."""
    what = "tuple of Tensors" if parameter == "tensors" else "Tensor"
    sentence = "{}(): argument '{}' (position {}) must be {}, not {}"
    kind = type(value).__name__
    return Misfit(
        sentence.format(name, parameter, position + 1, what, kind),
        sentence.format(name, parameter, position, what, kind),
    )


def bind(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any], missing_value: Any) -> list[Any]:
    """The values of all parameters, in order."""
    values = list(args)
    at = op.variadic
    if (
        0 <= at < len(values)
        and not isinstance(values[at], tuple | list)
        and (len(values) > at + 1 or isinstance(values[at], int))
    ):
        values[at:] = [tuple(values[at:])]
    count = len(values)
    if count > op.positional:
        raise too_many(op.name, op.positional, count)
    values += op.defaults[count:]
    for name, value in kwargs.items():
        at = op.index.get(name, -1)
        if at < 0:
            at = op.index.get(NUMPY_NAMES.get(name, ""), -1)
        if at < 0 and name in ("layout", "pin_memory") and "device" in op.index:
            continue  # there is one layout, and memory is as it is
        if at < 0:
            raise unknown(op, name, args, kwargs)
        if at < count:
            raise Misfit(*(f"{op.name}() got multiple values for argument '{name}'",) * 2)
        values[at] = value
    if count < op.required:
        lacking = [n for n, v in zip(op.parameters, values, strict=True) if v is missing_value]
        if lacking:
            raise missing(op.name, lacking)
    return values
