"""Public functions and methods, made from the table: `torch.mul`, `Tensor.mul`, `Tensor.mul_`, `Tensor.__mul__`.

Arithmetic between tensors of one floating type and shape, or with a Python number, takes the quick ways of quick.py;
everything else goes through apply.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import out, signatures
from engine.apply import check_result, run, run_in_place
from engine.arguments import NUMPY_NAMES, Misfit
from engine.backward import ARRAYS, TENSORS
from engine.metadata import Metadata
from engine.quick import NO_KWARGS, binary, matrices, unary
from engine.registry import COMPOSITES_ON_ARRAYS, OPS, Op
from engine.tensor import Tensor, wrap

NUMBERS = (int, float, complex, np.generic)
MISTAKES = (TypeError, ValueError, AttributeError, RuntimeError, LookupError)
"""Errors of a call that may come from arguments torch would not take."""


def public(op: Op, name: str) -> Callable[..., Any]:
    """The function a program calls, under one of the row's names."""
    if op.composite:
        return composite(op, name)

    stated, known = name in signatures.TABLE, set[Any]()

    def function(*args: Any, **kwargs: Any) -> Any:
        try:
            if stated and (kwargs or tuple(map(type, args)) not in known):
                args = signatures.admit(name, args, kwargs, known)
            if kwargs and "out" in kwargs:
                return out.call(op, function, args, kwargs)
            return run(op, args, kwargs)
        except MISTAKES as error:
            raise worded(error, name, args, kwargs) from None

    function.__name__ = function.__qualname__ = name
    function.__doc__ = op.doc
    return function


def composite(op: Op, name: str) -> Callable[..., Any]:
    """A row written on Tensors, called directly, ".name" as a method; Python's words about arguments become torch's."""
    method = name.startswith(".")

    stated, known = name in signatures.TABLE, set[Any]()

    def function(*args: Any, **kwargs: Any) -> Any:
        try:
            if stated and (kwargs or tuple(map(type, args)) not in known):
                args = signatures.admit(name, args, kwargs, known)
            if "out" in kwargs and not method:
                return out.call(op, function, args, kwargs)
            return op.forward(*args, **kwargs)
        except MISTAKES as error:
            own: Exception = error
            if isinstance(error, TypeError) and error.__traceback__ is not None and not error.__traceback__.tb_next:
                own = refused(op, args, kwargs) or error
            raise worded(own, name, args, kwargs) from None

    function.__name__ = function.__qualname__ = name.lstrip(".")
    function.__doc__ = op.doc
    return function


def refused(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Misfit | None:
    """What `bind` says of a call that a Python signature refused."""
    try:
        op.bind(args, {NUMPY_NAMES.get(k, k): v for k, v in kwargs.items()})
    except Misfit as misfit:
        return misfit
    return None


def worded(error: Exception, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Exception:
    """The failure of a call (of ".name" if a method) in torch's words: its refusal of the arguments, if it has one."""
    if function.startswith("."):
        args = args[1:]
    sentence = signatures.refusal(function, args, kwargs)
    if sentence is not None:
        return TypeError(sentence)
    if isinstance(error, Misfit):
        return TypeError(error.method if function.startswith(".") else str(error))
    return error


def as_method(op: Op, name: str) -> Callable[..., Any]:
    """The method of a row; sentences about its arguments do not count the tensor itself."""
    if op.composite:
        return composite(op, f".{name}")

    dotted = f".{name}"
    stated, known = dotted in signatures.TABLE, set[Any]()

    def method(*args: Any, **kwargs: Any) -> Any:
        try:
            if stated and (kwargs or tuple(map(type, args)) not in known):
                args = signatures.admit(dotted, args, kwargs, known)
            return run(op, args, kwargs)
        except MISTAKES as error:
            raise worded(error, f".{name}", args, kwargs) from None

    method.__name__ = method.__qualname__ = name
    method.__doc__ = op.doc
    return method


def in_place(op: Op, name: str) -> Callable[..., Any]:
    """The method that writes its result into its tensor."""

    dotted = f".{name}"
    stated, known = dotted in signatures.TABLE, set[Any]()

    def method(*args: Any, **kwargs: Any) -> Any:
        try:
            if stated and (kwargs or tuple(map(type, args)) not in known):
                args = signatures.admit(dotted, args, kwargs, known)
            if op.composite:
                result = op.forward(*args, **kwargs)
                check_result(args[0], result._data)
                return args[0].copy_(result)
            return run_in_place(op, args, kwargs)
        except MISTAKES as error:
            if isinstance(error, Misfit):
                error.method = error.method.replace(f"{op.name}()", f"{name}()", 1)
            raise worded(error, f".{name}", args, kwargs) from None

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"In place: {op.doc}"
    return method


# Python's operators: the special method, the row, and how arrays compute it (None: always the general way).
BINARY: tuple[tuple[str, str, str | None], ...] = (
    ("add", "add", "{} + {}"),
    ("sub", "sub", "{} - {}"),
    ("mul", "mul", "{} * {}"),
    ("truediv", "div", "{} / {}"),
    ("pow", "pow", "compute({}, {})"),
    ("floordiv", "floor_divide", None),
    ("mod", "remainder", None),
    ("matmul", "matmul", None),
    ("and", "bitwise_and", None),
    ("or", "bitwise_or", None),
    ("xor", "bitwise_xor", None),
    ("lshift", "bitwise_left_shift", None),
    ("rshift", "bitwise_right_shift", None),
)
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
COMMUTATIVE = ("add", "mul", "and", "or", "xor")
UNARY = (("neg", "neg"), ("abs", "abs"), ("pos", "positive"))


def general(op: Op, right: bool = False) -> Callable[[Any, Any], Any]:
    """An operator method that goes through apply.py, NotImplemented for operands that are no numbers."""
    call = public(op, op.name)
    numbers = op.promote != ()

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, np.generic) and numbers:
            other = other.item()
        elif isinstance(other, np.ndarray) and not right:
            other = wrap(other)
        elif not isinstance(other, Tensor) and not (numbers and isinstance(other, int | float | complex)):
            return NotImplemented
        return call(other, self) if right else call(self, other)

    return method


def in_place_operator(op: Op) -> Callable[[Any, Any], Any]:
    """`a ∘= b`."""

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, np.generic):
            other = other.item()
        elif isinstance(other, np.ndarray):
            other = wrap(other)
        elif not isinstance(other, Tensor | int | float | complex):
            return NotImplemented
        return run_in_place(op, (self, other), NO_KWARGS)

    return method


def operators() -> None:
    """Attach Python's operators."""
    for special, name, expression in BINARY:
        op = OPS.get(name)
        if op is None:
            continue
        setattr(Tensor, f"__{special}__", binary(op, expression) if expression else general(op))
        if name == "matmul":
            setattr(Tensor, f"__{special}__", matrices(OPS["mm"], general(op)))
        if special in COMMUTATIVE and expression:
            setattr(Tensor, f"__r{special}__", binary(op, expression, right=True))
        elif f"__r{special}__" not in Tensor.__dict__:
            setattr(Tensor, f"__r{special}__", general(op, right=True))
        if op.inplace:
            setattr(Tensor, f"__i{special}__", in_place_operator(op))
    for name in COMPARISONS:
        if name in OPS:
            setattr(Tensor, f"__{name}__", general(OPS[name]))
    Tensor.__hash__ = object.__hash__  # type: ignore[method-assign, assignment]
    for special, name in UNARY:
        if name in OPS:
            setattr(Tensor, f"__{special}__", getattr(Tensor, name))


def quick(op: Op) -> bool:
    """Whether a row is a plain function of one floating-point array."""
    plain = op.parameters == ("input",) and tuple(op.rules) == ("input",) and isinstance(op.backward, str)
    return plain and not (op.view or op.composite or op.returns) and op.saves["input"] <= {"input", "result"}


IN_PLACE = (
    *("addmv_", "celu_", "clamp_", "clamp_max_", "clamp_min_", "detach_", "fill_", "index_put_", "ldexp_", "logit_"),
    *("nan_to_num_", "resize_as_", "round_", "threshold_", "xlogy_"),
)
"""In-place methods that are functions of `torch` too, beside those of one tensor alone."""


def install() -> tuple[dict[str, Any], dict[str, Any]]:
    """Attach every row to Tensor; the functions for `torch.*`, and all functions, by name."""
    functions: dict[str, Any] = {}
    everything: dict[str, Any] = {}
    for op in OPS.values():
        if not op.composite or op.name in COMPOSITES_ON_ARRAYS:
            setattr(ARRAYS, op.name, COMPOSITES_ON_ARRAYS.get(op.name, op.forward))
        for name in (op.name, *op.aliases):
            call, method = public(op, name), as_method(op, name)
            if quick(op):
                call, method = unary(op, call), unary(op, method)
            everything[name] = call
            if op.function:
                functions[name] = call
            if (op.method or name.startswith("_")) and not (name in vars(Tensor) or name in vars(Metadata)):
                setattr(Tensor, name, method)
            if op.inplace:
                setattr(Tensor, name + "_", in_place(op, name + "_"))
                if op.parameters == ("input",):
                    functions[name + "_"] = getattr(Tensor, name + "_")
        setattr(TENSORS, op.name, everything[op.name])
    operators()
    functions |= {name: getattr(Tensor, name) for name in IN_PLACE}
    return functions, everything
