"""Indexing with brackets, to read and to write, in all of NumPy's forms.

As in PyTorch, integers, slices, None and `...` become views one after the other (`select`, `slice`, `unsqueeze`);
lists, arrays and tensors of integers or booleans then pick elements at once (`index`, `index_put`).
"""

from __future__ import annotations

import operator
from typing import Any, NoReturn

import numpy as np

from engine import backends, dtypes
from engine.apply import run, run_in_place
from engine.registry import OPS, op
from engine.tensor import Tensor, wrap

Array = Any


def places(indices: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """The indices as NumPy takes them: None is everything; errors in torch's words."""
    result: list[Any] = []
    dim = 0
    for number, i in enumerate(indices):
        if i is None:
            result.append(slice(None))
            dim += 1
            continue
        i = np.asarray(i) if not hasattr(i, "dtype") else i
        if i.dtype == np.uint8:
            i = i.astype(np.bool_)
        if i.dtype.kind == "b":
            for at, size in enumerate(i.shape):
                if size != shape[dim + at]:
                    raise IndexError(
                        f"The shape of the mask {list(i.shape)} at index {at} does not match the shape of the indexed "
                        f"tensor {list(shape)} at index {dim + at}"
                    )
            dim += i.ndim
        elif i.dtype.kind in "iu":
            size = shape[dim]
            if i.size and (int(np.minimum.reduce(i, None)) < -size or int(np.maximum.reduce(i, None)) >= size):
                outside = (i < -size) | (i >= size)
                bad = i.flat[int(np.argmax(outside))] if i.ndim else i
                at = sum(x is not None for x in indices[:number])
                raise IndexError(f"index {int(bad)} is out of bounds for dimension {at} with size {size}")
            dim += 1
        else:
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        result.append(i)
    return tuple(result)


def picked(input: Array, indices: Any) -> Array:
    """The elements of `input` at these places."""
    where = backends.beside(places(indices, input.shape), input)
    try:
        return input[where]
    except IndexError:
        shapes = ", ".join(str(list(i.shape)) for i in where if not isinstance(i, slice))
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None


@op(
    "index",
    "input[indices]",
    family="indexing",
    doc="The elements at the places that lists, tensors or masks name.",
    function=False,
    method=False,
    grads={
        "input": ("g added up at the places, 0 elsewhere", lambda F, g, s: F._index_add(g, s.input_shape, s.indices))
    },
)
def index(input: Array, indices: Any) -> Array:
    return picked(input, indices)


@op(
    "_index_add",
    "g added up at places",
    family="indexing",
    doc="An array added into zeros at places that may repeat.",
    backward="IndexPutBackward0",
    grads={"input": ("g at the places", lambda F, g, s: F.index(g, s.indices))},
)
def _index_add(input: Array, shape: tuple[int, ...], indices: Any) -> Array:
    out = backends.zeros(shape, input.dtype, input)
    where = backends.beside(places(indices, shape), input)
    add_at(out, where, input)
    return out


def add_at(out: Array, where: tuple[Any, ...], values: Array) -> None:
    """Add `values` into `out` at places that may repeat."""
    chosen = [i for i in where if not isinstance(i, slice)]
    if len(chosen) == 1 and chosen[0].dtype.kind == "b":
        out[where] += values
    elif len(where) == 1 and out.ndim > 1 and out.size:
        rows = where[0].reshape(-1) % out.shape[0]
        add_rows(out.reshape(len(out), -1), rows, values.reshape(len(rows), -1))
    else:
        np.add.at(out, where, values)


def add_rows(out: Array, rows: Array, values: Array) -> None:
    """Add row `i` of `values` to row `rows[i]` of the matrix `out`, one after the other as torch does.

    In one dimension NumPy is quick at that; sorting the rows first would be quicker still for many, but adds in pairs.
    """
    width = out.shape[1]
    places = (rows * width)[:, None] + backends.arange(width, out)
    np.add.at(out.reshape(-1), places.reshape(-1), values.reshape(-1))


def _put_input(F: Any, g: Any, s: Any) -> Any:
    return g if s.accumulate else F.index_put(g, s.indices, F.zeros_of(g, ()))


@op(
    "index_put",
    "input with values at the places",
    family="indexing",
    doc="The tensor with other values written, or added, at the places that lists, tensors or masks name.",
    inplace=True,
    grads={
        "input": ("g, 0 at the places", _put_input),
        "values": ("g at the places", lambda F, g, s: F.index(g, s.indices)),
    },
)
def index_put(input: Array, indices: Any, values: Any, accumulate: bool = False) -> Array:
    values = np.asarray(values).astype(input.dtype) if not hasattr(values, "dtype") else values
    if values.dtype != input.dtype:
        to, from_ = (dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[x.dtype]] for x in (input, values))
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {to} for the destination and {from_} for "
            "the source."
        )
    where = backends.beside(places(indices, input.shape), input)
    out = input.copy()
    try:
        if accumulate:
            np.add.at(out, where, values)
        else:
            out[where] = values
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of "
            f"shape {list(input[where].shape)}"
        ) from None
    return out


NOT_AN_INDEX = (
    "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})"
)
ZERO_DIM = (
    "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim "
    "tensor to a number"
)


INDEX_TYPES = ("int64", "int32", "uint8", "bool")


def is_number(k: Any) -> bool:
    """Whether an index is a plain integer (also a 0-d integer tensor)."""
    if isinstance(k, int | np.integer):
        return not isinstance(k, bool)
    return isinstance(k, Tensor) and not k._data.ndim and k._data.dtype.kind in "iu" and k._data.dtype != np.uint8


def as_index(k: Any) -> Tensor:
    """A list or array among the indices, as a tensor."""
    if isinstance(k, Tensor):
        data = k._data
        return k if data.dtype.name in INDEX_TYPES or not data.size else _refuse(data)
    if isinstance(k, str):
        raise TypeError("new(): invalid data type 'str'")
    if not isinstance(k, list | tuple | np.ndarray | range):
        raise IndexError(NOT_AN_INDEX.format(type(k).__name__))
    data = np.asarray([x._data if isinstance(x, Tensor) else x for x in k] if isinstance(k, list | tuple) else k)
    return wrap(data.astype(np.int64) if data.dtype.kind == "f" else data)


def _refuse(data: Array) -> Tensor:
    raise IndexError("tensors used as indices must be long, int, byte or bool tensors")


def dims_of(k: Any) -> int:
    """How many dimensions an index uses up."""
    if k is None or k is Ellipsis or isinstance(k, bool):
        return 0
    data = getattr(k, "_data", k)
    if getattr(data, "dtype", None) is not None and data.dtype.kind == "b":
        return int(data.ndim)
    if isinstance(k, list) and k and isinstance(k[0], bool | list):
        found = np.asarray(k)
        return int(found.ndim) if found.dtype.kind == "b" else 1
    return 1


def keys_of(key: Any) -> tuple[Any, ...]:
    """The indices a key consists of; a short list that holds sequences, slices or None counts as a tuple of them."""
    if isinstance(key, tuple):
        return key
    several = isinstance(key, list) and len(key) < 32
    if several and any(k is None or k is Ellipsis or isinstance(k, Tensor | list | tuple | slice) for k in key):
        return tuple(key)
    return (key,)


def steps(x: Tensor, key: Any) -> tuple[Tensor, list[Any]]:
    """`x` after the views a key asks for, and the indices that pick elements of it (empty if none)."""
    keys = keys_of(key)
    used = sum(dims_of(k) for k in keys)
    if used > x._data.ndim:
        if not x._data.ndim and used == 1 and is_number(keys[0]):
            raise IndexError(ZERO_DIM)
        if not x._data.ndim and isinstance(keys[0], slice):
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        raise IndexError(f"too many indices for tensor of dimension {x._data.ndim}")
    out = x
    dim = 0
    original = 0
    chosen: list[Any] = []
    for k in keys:
        if is_number(k):
            size = out._data.shape[dim]
            if not -size <= int(k) < size:
                raise IndexError(f"index {int(k)} is out of bounds for dimension {original} with size {size}")
            out = run(OPS["select"], (out, dim, int(k)), {})
            original += 1
        elif isinstance(k, slice):
            out = sliced(out, dim, k, len(keys) == 1)
            dim, original = dim + 1, original + 1
        elif k is Ellipsis:
            skipped = x._data.ndim - used
            dim, original = dim + skipped, original + skipped
            used = x._data.ndim
        elif k is None or isinstance(k, bool):
            out = run(OPS["unsqueeze"], (out, dim), {})
            if k is not None:
                chosen += [None] * (dim - len(chosen)) + [wrap(np.array([k]))]
            dim += 1
        else:
            found = as_index(k)
            width = found._data.ndim if found._data.dtype.kind == "b" or found._data.dtype == np.uint8 else 1
            if found._data.ndim == 0 and found._data.dtype.kind == "b":
                out = run(OPS["unsqueeze"], (out, dim), {})
                found, width = wrap(np.array([bool(found._data)])), 1
                original -= 1
            # A mask takes several dimensions but is one entry; None entries stand for one dimension each.
            filled = sum(1 if c is None else _width(c) for c in chosen)
            chosen += [None] * (dim - filled) + [found]
            dim, original = dim + width, original + width
    return out, chosen


def _width(c: Tensor) -> int:
    data = c._data
    return int(data.ndim) if data.dtype.kind == "b" or data.dtype == np.uint8 else 1


def bound(value: Any) -> int:
    """One end of a slice as an integer."""
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError("slice indices must be integers or None or have an __index__ method") from None


def sliced(x: Tensor, dim: int, k: slice, alone: bool) -> Tensor:
    """The view a slice asks for; a full slice among other indices is none."""
    start, stop, step = (None if v is None else bound(v) for v in (k.start, k.stop, k.step))
    if step is not None and step <= 0:
        raise ValueError("step must be greater than zero" if step else "slice step cannot be zero")
    if start is None and stop is None and step in (None, 1) and not alone:
        return x
    return run(OPS["slice"], (x, dim, start, stop, step), {})  # type: ignore[no-any-return]


def getitem(self: Tensor, key: Any) -> Tensor:
    """`x[key]`."""
    if key.__class__ is int and self._data.ndim:
        size = self._data.shape[0]
        if -size <= key < size:
            return run(OPS["select"], (self, 0, key), {})  # type: ignore[no-any-return]
    out, chosen = steps(self, key)
    if chosen:
        return run(OPS["index"], (out, tuple(chosen)), {})  # type: ignore[no-any-return]
    return run(OPS["alias"], (self,), {}) if out is self else out


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """`x[key] = value`."""
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, Tensor | int | float | complex):
        kind = "numpy.ndarray" if isinstance(value, np.ndarray) else type(value).__name__
        raise TypeError(f"can't assign a {kind} to a torch.{self.dtype.tensor_type}")
    if isinstance(value, complex) and not self.is_complex():
        name = dtypes.C_NAMES.get(self.dtype, self.dtype.name)
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")
    out, chosen = steps(self, key)
    if chosen:
        if isinstance(value, Tensor) and value._data.dtype != self._data.dtype and not value._data.ndim:
            value = value.to(self.dtype)
        run_in_place(OPS["index_put"], (out, tuple(chosen), value), {})
        return
    if isinstance(value, Tensor):
        value = fitted(value, out)
    run_in_place(OPS["copy"], (out, value), {})


def fitted(value: Tensor, out: Tensor) -> Tensor:
    """The value in the shape of the part it is written to, as torch expands it (leading 1s dropped)."""
    shape, want = value._data.shape, out._data.shape
    while len(shape) > len(want) and shape[0] == 1:
        shape = shape[1:]
    if len(shape) != value._data.ndim:
        value = value.reshape(shape)
    if shape != want:
        value = value.expand(want)
    return value


def delitem(self: Tensor, key: Any) -> NoReturn:
    """`del x[key]`."""
    raise TypeError("Tensor does not support deleting items")


Tensor.__getitem__ = getitem  # type: ignore[method-assign, assignment]
Tensor.__setitem__ = setitem  # type: ignore[method-assign, assignment]
Tensor.__delitem__ = delitem  # type: ignore[attr-defined]
