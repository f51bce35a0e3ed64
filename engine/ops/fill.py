"""Operators that exist only in place: random fills of a tensor, such as `uniform_` and `normal_`.

Draws land in memory order, as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import random
from engine.apply import run_in_place
from engine.backends import Array
from engine.ops.draw import beside, check_probability, check_std, float_dtype, in_memory_order, source_of
from engine.ops.draw import bounds as integer_bounds
from engine.registry import OPS, arr, op, sample
from engine.tensor import Tensor

MANTISSA = {"bfloat16": 2**8, "float16": 2**11, "float32": 2**24, "float64": 2**53}


def fill(name: str, formula: str, doc: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a row that has only the method `name`, which writes its result into its tensor."""

    def declare(forward: Callable[..., Any]) -> Callable[..., Any]:
        samples = [sample(arr(2, 3))] if name != "geometric_" else [sample(arr(2, 3), 0.5)]
        op(name, formula, family="random", doc=doc, function=False, method=False, samples=samples)(forward)
        row = OPS[name]

        def method(*args: Any, **kwargs: Any) -> Tensor:
            return run_in_place(row, args, kwargs)

        method.__name__, method.__doc__ = name, doc
        setattr(Tensor, name, method)
        return forward

    return declare


@fill("uniform_", "u ~ Uniform[from, to)", "Fill with uniform numbers, between 0 and 1 or the given ends.")
def uniform_(input: Array, low: float = 0.0, high: float = 1.0, *, generator: Any = None) -> Array:
    wanted = float_dtype("uniform_", None, "check_uniform_bounds", input.dtype)
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")
    draws = random.uniform(source_of("uniform_", generator), input.size, wanted, float(low), float(high))
    return beside(in_memory_order(draws, input), input)


@fill("normal_", "z ~ Normal(mean, std)", "Fill with normal numbers.")
def normal_(input: Array, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Array:
    check_std(std)
    wanted = float_dtype("normal_", None, "normal_kernel_cpu", input.dtype)
    blocks = input.flags.c_contiguous
    draws = random.normal(source_of("normal_", generator), input.size, wanted, float(mean), float(std), blocks)
    return beside(in_memory_order(draws, input), input)


@fill(
    "random_", "k ~ Uniform{low, …, high − 1}", "Fill with random integers, of all that the dtype holds or in a range."
)
def random_(input: Array, low: Any = None, high: Any = None, *, generator: Any = None) -> Array:
    source, kind = source_of("random_", generator), input.dtype
    if low is not None:
        first, last = integer_bounds("random_", 0 if high is None else low, low if high is None else high, kind)
    elif kind.kind in "fV":
        first, last = 0, MANTISSA[kind.name] + 1
    else:
        first, last = 0, 2 if kind.kind == "b" else int(np.iinfo(kind).max) + 1
    draws = random.integers(source, input.size, first, last)
    return beside(in_memory_order(draws.astype(kind), input), input)


@fill("bernoulli_", "1 with probability p, else 0", "Fill with ones and zeros.")
def bernoulli_(input: Array, p: Any = 0.5, *, generator: Any = None) -> Array:
    source = source_of("bernoulli_", generator)
    if hasattr(p, "shape"):
        chances = np.broadcast_to(p, input.shape)
        draws = random.bernoulli_each(source, chances.reshape(-1)).reshape(input.shape)
        return beside(draws, input).astype(input.dtype)
    check_probability(p)
    draws = random.bernoulli(source, input.size, float(p))
    return beside(in_memory_order(draws, input), input).astype(input.dtype)


@fill("exponential_", "−ln(1 − u) / λ", "Fill with exponentially distributed numbers.")
def exponential_(input: Array, lambd: float = 1.0, *, generator: Any = None) -> Array:
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    draws = random.exponential(source_of("exponential_", generator), input.size, input.dtype, float(lambd))
    return beside(in_memory_order(draws, input), input)


@fill("cauchy_", "median + σ tan(π(u − 1/2))", "Fill with Cauchy distributed numbers.")
def cauchy_(input: Array, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None) -> Array:
    if sigma <= 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    draws = random.cauchy(source_of("cauchy_", generator), input.size, input.dtype, float(median), float(sigma))
    return beside(in_memory_order(draws, input), input)


@fill("log_normal_", "exp(Normal(mean, std))", "Fill with numbers whose logarithms are normal.")
def log_normal_(input: Array, mean: float = 1.0, std: float = 2.0, *, generator: Any = None) -> Array:
    if std <= 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    draws = random.log_normal(source_of("log_normal_", generator), input.size, input.dtype, float(mean), float(std))
    return beside(in_memory_order(draws, input), input)


@fill("geometric_", "⌈ln u / ln(1 − p)⌉", "Fill with the number of trials up to the first success.")
def geometric_(input: Array, p: float, *, generator: Any = None) -> Array:
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    draws = random.geometric(source_of("geometric_", generator), input.size, input.dtype, float(p))
    return beside(in_memory_order(draws, input), input)
