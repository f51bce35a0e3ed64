"""Which arguments a call gives to which parameters of a row, and the sentences where they do not fit.

Where torch states a signature, signatures.py words the refusal instead.  A sentence that counts positions differs
between `torch.add(x, "a")` and `x.add("a")`: `Misfit` carries both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.registry import Op

NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "self": "input", "x": "input", "a": "input", "x1": "input"}
NUMPY_NAMES |= {"x2": "other"}


class Misfit(TypeError):
    """A call that does not fit; `method` is the sentence when it was written as a method."""

    def __init__(self, function: str, method: str) -> None:
        super().__init__(function)
        self.method = method


Misfit.__name__ = Misfit.__qualname__ = "TypeError"


def type_name(value: Any) -> str:
    """The name of a type as C knows it."""
    kind = type(value)
    outside = kind.__module__ == "numpy" or kind.__name__ in ("dtype", "device")
    return f"{kind.__module__}.{kind.__name__}" if outside else kind.__name__


def unknown(op: Op, name: str) -> Misfit:
    """A keyword the operator does not have."""
    sentence = f"{op.name}() got an unexpected keyword argument '{name}'"
    return Misfit(sentence, sentence)


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
    kind = type_name(value)
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
            raise unknown(op, name)
        if at < count:
            raise Misfit(*(f"{op.name}() got multiple values for argument '{name}'",) * 2)
        values[at] = value
    if count < op.required:
        lacking = [n for n, v in zip(op.parameters, values, strict=True) if v is missing_value]
        if lacking:
            raise missing(op.name, lacking)
    return values
