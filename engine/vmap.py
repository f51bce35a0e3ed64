"""torch.vmap: a function of one example becomes a function of a batch, slice by slice, its results stacked.

Owns the walk over nested tuples, lists and dictionaries of tensors that torch.func's transforms share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine import random
from engine.sweep import TENSORS
from engine.tensor import Tensor

__all__ = ["vmap"]

Function = Callable[..., Any]


def tensors_in(tree: Any) -> list[Tensor]:
    """The tensors of nested tuples, lists and dictionaries, in order."""
    if isinstance(tree, Tensor):
        return [tree]
    items = tree.values() if isinstance(tree, Mapping) else tree if isinstance(tree, list | tuple) else ()
    return [t for item in items for t in tensors_in(item)]


def mapped(tree: Any, change: Callable[[Tensor], Any]) -> Any:
    """The same structure with every tensor changed."""
    if isinstance(tree, Tensor):
        return change(tree)
    if isinstance(tree, Mapping):
        return {key: mapped(value, change) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)([mapped(value, change) for value in tree])
    return tree


def vmap(
    func: Function, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> Function:
    """A function that does to every slice of a batch what `func` does to one."""
    name = getattr(func, "__name__", type(func).__name__)
    start = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>):"

    def transformed(*args: Any, **kwargs: Any) -> Any:
        dims = _dims(in_dims, args, start)
        pairs = list(_leaves(args, dims, start))
        sizes = list({t.shape[d]: None for t, d in pairs} | {t.shape[0]: None for t in tensors_in(kwargs)})
        if not sizes:
            raise ValueError(f"{start} at least one of the inputs must be a Tensor to map over")
        if len(sizes) > 1:
            raise ValueError(
                "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
                f"{sizes} for the mapped dimension"
            )
        state = random.get_rng_state()
        results = []
        for i in range(sizes[0]):
            if randomness == "same":
                random.set_rng_state(state)
            results.append(func(*_slice(args, dims, i), **_slice(kwargs, 0, i)))
        return _stacked(results, out_dims, name)

    return transformed


def _dims(in_dims: Any, args: tuple[Any, ...], start: str) -> Any:
    """The mapped dimension of every argument: one for all, or one for each."""
    if isinstance(in_dims, int):
        return (in_dims,) * len(args)
    if not isinstance(in_dims, tuple | list):
        raise ValueError(
            f"{start} expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    if len(in_dims) != len(args):
        raise ValueError(f"{start} in_dims is not compatible with the structure of `inputs`.")
    return tuple(in_dims)


def _part(dims: Any, key: Any) -> Any:
    """The dimension that belongs to one item of a structure."""
    return dims[key] if isinstance(dims, tuple | list | Mapping) else dims


def _items(tree: Any) -> Any:
    return tree.items() if isinstance(tree, Mapping) else enumerate(tree)


def _leaves(tree: Any, dims: Any, start: str) -> Iterator[tuple[Tensor, int]]:
    """The tensors that are mapped over, each with its dimension."""
    if dims is None:
        return
    if isinstance(tree, Mapping | list | tuple):
        for key, item in _items(tree):
            yield from _leaves(item, _part(dims, key), start)
        return
    if not isinstance(tree, Tensor):
        raise ValueError(
            f"{start} Got in_dim={dims} for an input but the input is of type {type(tree)}. We cannot vmap over "
            "non-Tensor arguments, please use None as the respective in_dim"
        )
    if not -tree.ndim <= dims < tree.ndim:
        raise ValueError(
            f"{start} Got in_dim={dims} for some input, but that input is a Tensor of dimensionality {tree.ndim} so "
            f"expected in_dim to satisfy -{tree.ndim} <= in_dim < {tree.ndim}."
        )
    yield tree, dims


def _slice(tree: Any, dims: Any, i: int) -> Any:
    """One example of a batch."""
    if dims is None:
        return tree
    if isinstance(tree, Mapping):
        return {key: _slice(item, _part(dims, key), i) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)([_slice(item, _part(dims, at), i) for at, item in enumerate(tree)])
    return tree.select(dims, i) if isinstance(tree, Tensor) else tree


def _stacked(results: list[Any], out_dims: Any, name: str) -> Any:
    """The results of all slices as batches along `out_dims`."""
    first = results[0]
    if isinstance(first, Mapping):
        return {key: _stacked([r[key] for r in results], _part(out_dims, key), name) for key in first}
    if isinstance(first, list | tuple):
        parts = [_stacked([r[at] for r in results], _part(out_dims, at), name) for at in range(len(first))]
        return type(first)(parts)
    if not isinstance(first, Tensor):
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(first)}. Did you mean to set "
            "out_dims= to None for output?"
        )
    return first if out_dims is None else TENSORS.stack(results, out_dims)
