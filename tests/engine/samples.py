"""Values for the sample calls of the operator table, and the calls themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.registry import ArraySample, Op, Sample


def arrays_of(sample: Sample, dtype: str, seed: int = 0) -> list[np.ndarray[Any, Any]]:
    """A value for every array of a sample call, in order."""
    rng = np.random.default_rng(seed)
    found: list[np.ndarray[Any, Any]] = []

    def visit(value: Any) -> None:
        if isinstance(value, ArraySample):
            found.append(one(value))
        elif isinstance(value, list | tuple):
            for v in value:
                visit(v)

    def one(a: ArraySample) -> np.ndarray[Any, Any]:
        if a.kind == "int":
            return rng.integers(int(a.low), int(a.high), a.shape)
        if a.kind == "bool":
            return rng.random(a.shape) < 0.5
        return rng.uniform(a.low, a.high, a.shape).astype(dtype)

    for v in (*sample.args, *sample.kwargs.values()):
        visit(v)
    return found


def filled(value: Any, arrays: list[Any]) -> Any:
    """A sample's value with tensors in the places of its arrays."""
    if isinstance(value, ArraySample):
        return arrays.pop(0)
    if isinstance(value, list | tuple):
        return type(value)(filled(v, arrays) for v in value)
    return value


def call(function: Any, sample: Sample, tensors: list[Any]) -> list[Any]:
    """The tensors that a call gives."""
    left = list(tensors)
    args = [filled(v, left) for v in sample.args]
    kwargs = {k: filled(v, left) for k, v in sample.kwargs.items()}
    out = function(*args, **kwargs)
    return list(out) if isinstance(out, tuple | list) else [out]


def wanting(op: Op, sample: Sample) -> list[bool]:
    """For every array of a sample call, whether the row has a derivative by it."""
    given = [*zip(op.parameters, sample.args, strict=False), *sample.kwargs.items()]
    if op.composite:
        return [True] * len(arrays_of(sample, "float32"))
    return [p in op.derivatives for p, v in given for _ in arrays_of(Sample((v,)), "float32")]
