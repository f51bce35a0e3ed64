"""Operators that draw random tensors; the streams themselves are random.py's."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes, random
from engine.backends import Array, library_of, move, to_numpy
from engine.ops.ranges import integer
from engine.ops.sizes import is_integer, numpy_dtype, size_of, type_name
from engine.registry import arr, op, sample


def source_of(name: str, generator: Any) -> random.Generator:
    """The generator an operator draws from: the given one, or the default."""
    if generator is None:
        return random.default_generator
    if not isinstance(generator, random.Generator):
        raise TypeError(f"{name}(): argument 'generator' must be torch.Generator, not {type_name(generator)}")
    return generator


def float_dtype(name: str, dtype: Any, kernel: str, default: Any = None) -> np.dtype[Any]:
    """The dtype of floats to draw; integer dtypes are refused as the kernel `kernel` does."""
    wanted = numpy_dtype(name, dtype, default)
    if wanted.kind not in "fV":
        kind = dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[wanted]]
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{kind}'")
    return wanted


def in_memory_order(values: Array, like: Array) -> Array:
    """`values`, drawn in memory order, in the shape and memory order of `like`."""
    if like.flags.c_contiguous or not dense(like):
        return values.reshape(like.shape)
    order = sorted(range(like.ndim), key=lambda axis: -like.strides[axis])
    drawn = values.reshape([like.shape[axis] for axis in order])
    return drawn.transpose(np.argsort(order))


def dense(like: Array) -> bool:
    """Whether the elements fill their memory without gaps or repeats, in some order."""
    step = like.itemsize
    for stride, n in sorted((s, n) for s, n in zip(like.strides, like.shape, strict=True) if n > 1):
        if stride != step:
            return False
        step *= n
    return True


def place(values: Array, shape: tuple[int, ...], device: Any) -> Array:
    """Drawn values in their shape, on `device`."""
    return move(values.reshape(shape), device or "cpu")


def count_of(shape: tuple[int, ...]) -> int:
    """How many elements a shape has."""
    count = 1
    for size in shape:
        count *= size
    return count


@op(
    "rand",
    "u ~ Uniform[0, 1)",
    family="random",
    doc="Random numbers, uniform between 0 and 1.",
    method=False,
    variadic="size",
    samples=[sample(2, 3)],
)
def rand(
    size: Any, *, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Array:
    shape, wanted = size_of("rand", size), float_dtype("rand", dtype, "check_uniform_bounds")
    return place(random.uniform(source_of("rand", generator), count_of(shape), wanted), shape, device)


@op(
    "randn",
    "z ~ Normal(0, 1)",
    family="random",
    doc="Random numbers from the standard normal distribution.",
    method=False,
    variadic="size",
    samples=[sample(2, 3)],
)
def randn(
    size: Any, *, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Array:
    shape, wanted = size_of("randn", size), float_dtype("randn", dtype, "normal_kernel_cpu")
    return place(random.normal(source_of("randn", generator), count_of(shape), wanted), shape, device)


def bounds(name: str, low: Any, high: Any, wanted: np.dtype[Any]) -> tuple[int, int]:
    """The range of random integers, checked against itself and the dtype."""
    first, last = int(low), int(high)
    if first >= last:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={first} >= to={last}")
    if wanted.kind in "iu":
        limits = np.iinfo(wanted)
        kind = {"uint8": "unsigned char", "int8": "signed char", "int16": "short", "int32": "int"}.get(wanted.name, "")
        for label, value in (("from", first), ("to - 1", last - 1)):
            if not limits.min <= value <= limits.max:
                raise RuntimeError(f"{label} is out of bounds for {kind}")
    return first, last


@op(
    "randint",
    "k ~ Uniform{low, …, high − 1}",
    family="random",
    doc="Random integers from low up to, but without, high.",
    method=False,
    samples=[sample(0, 10, (3,)), sample(5, (2, 2))],
)
def randint(
    low: Any = None,
    high: Any = None,
    size: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Array:
    if size is None and isinstance(high, tuple | list):
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    if size is None and (low in (None, 0) and high is not None and not isinstance(high, tuple | list)):
        got = ", ".join(type_name(value) for value in (high,))
        raise TypeError(
            f"randint() received an invalid combination of arguments - got ({got}), but expected one of:\n"
            " * (int high, tuple of ints size)\n * (int low, int high, tuple of ints size)\n"
        )
    if size is None or not isinstance(size, tuple | list):
        wrong = high if size is None else size
        raise TypeError(f"randint(): argument 'size' (position 2) must be tuple of ints, not {type_name(wrong)}")
    low = 0 if low is None else low
    if not (is_integer(low) and is_integer(high)):
        got = ", ".join(type_name(value) for value in (low, high, size))
        raise TypeError(f"randint() received an invalid combination of arguments - got ({got}), but expected one of:\n")
    shape, wanted = size_of("randint", size, 2), numpy_dtype("randint", dtype, np.int64)
    first, last = bounds("randint", low, high, wanted)
    draws = random.integers(source_of("randint", generator), count_of(shape), first, last)
    return place(draws.astype(wanted), shape, device)


@op(
    "randperm",
    "a random order of 0 … n − 1",
    family="random",
    doc="The integers below n in random order.",
    method=False,
    samples=[sample(5)],
)
def randperm(
    n: Any, *, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Array:
    count = integer("randperm", "n", 1, n)
    if count < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {count}: [{count}]")
    order = random.permutation(source_of("randperm", generator), count)
    return move(order.astype(numpy_dtype("randperm", dtype, np.int64)), device or "cpu")


@op(
    "normal",
    "z ~ Normal(mean, std)",
    family="random",
    doc="Random numbers from normal distributions with the given means and standard deviations.",
    grads={"mean": ("0", lambda F, g, s: g * 0), "std": ("0", lambda F, g, s: g * 0)},
    method=False,
    samples=[sample(0.0, 1.0, (3,)), sample(arr(3), 2.0)],
)
def normal(
    mean: Any,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Array:
    source = source_of("normal", generator)
    tensors = [value for value in (mean, std) if hasattr(value, "shape")]
    if not tensors:
        if size is None:
            got = f"{type_name(mean)}, {type_name(std)}"
            raise TypeError(
                f"normal() received an invalid combination of arguments - got ({got}), but expected one of:\n"
                " * (Tensor mean, Tensor std)\n * (Tensor mean, float std = 1)\n * (float mean, Tensor std)\n"
                " * (float mean, float std, tuple of ints size)\n"
            )
        check_std(std)
        shape, wanted = size_of("normal", size, 3), float_dtype("normal", dtype, "normal_kernel_cpu")
        return place(random.normal(source, count_of(shape), wanted, float(mean), float(std)), shape, device)
    wanted = float_dtype("normal", None, "normal_kernel_cpu", tensors[0].dtype)
    if not hasattr(std, "shape"):
        check_std(std)
    elif (std < 0).any():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    shape = np.broadcast_shapes(*(value.shape for value in tensors))
    where = tensors[0]
    draws = beside(random.normal(source, count_of(shape), wanted).reshape(shape), where)
    return (draws * std + mean).astype(wanted)


def check_std(std: Any) -> None:
    """Refuse a negative standard deviation."""
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")


def beside(values: Array, like: Array) -> Array:
    """Drawn values on the device of `like`."""
    if isinstance(like, np.ndarray | np.generic):
        return values
    return library_of(like).asarray(values)


@op(
    "rand_like",
    "u ~ Uniform[0, 1)",
    family="random",
    doc="Uniform numbers, in the shape of another tensor.",
    method=False,
    samples=[sample(arr(2, 3))],
)
def rand_like(
    input: Array, *, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Array:
    wanted = float_dtype("rand_like", dtype, "check_uniform_bounds", input.dtype)
    draws = random.uniform(source_of("rand_like", generator), input.size, wanted)
    return beside(in_memory_order(draws, input), input)


@op(
    "randn_like",
    "z ~ Normal(0, 1)",
    family="random",
    doc="Normal numbers, in the shape of another tensor.",
    method=False,
    samples=[sample(arr(2, 3))],
)
def randn_like(
    input: Array, *, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Array:
    wanted = float_dtype("randn_like", dtype, "normal_kernel_cpu", input.dtype)
    source = source_of("randn_like", generator)
    draws = random.normal(source, input.size, wanted, blocks=input.flags.c_contiguous or not dense(input))
    return beside(in_memory_order(draws, input), input)


@op(
    "randint_like",
    "k ~ Uniform{low, …, high − 1}",
    family="random",
    doc="Random integers, in the shape of another tensor.",
    method=False,
    samples=[sample(arr(2, 3), 5)],
)
def randint_like(
    input: Array,
    low: Any,
    high: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Array:
    wanted = numpy_dtype("randint_like", dtype, input.dtype)
    first, last = bounds("randint_like", 0 if high is None else low, low if high is None else high, wanted)
    draws = random.integers(source_of("randint_like", generator), input.size, first, last)
    return beside(in_memory_order(draws.astype(wanted), input), input)


@op(
    "bernoulli",
    "1 with probability input, else 0",
    family="random",
    doc="Ones and zeros with the probabilities of a tensor, or with p.",
    grads={"input": ("0", lambda F, g, s: g * 0)},
    samples=[sample(arr(3, low=0.0, high=1.0))],
)
def bernoulli(input: Array, p: Any = None, *, generator: Any = None) -> Array:
    source = source_of("bernoulli", generator)
    if p is not None:
        check_probability(p)
        return beside(in_memory_order(random.bernoulli(source, input.size, float(p)), input), input).astype(input.dtype)
    float_dtype("bernoulli", None, "bernoulli_tensor_cpu_p_", input.dtype)
    chances = to_numpy(input)
    if not ((chances >= 0) & (chances <= 1)).all():
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  "
            "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"
        )
    return beside(random.bernoulli_each(source, chances.reshape(-1)).reshape(chances.shape), input).astype(input.dtype)


def check_probability(p: float) -> None:
    """Refuse a p outside of [0, 1]."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")


@op(
    "multinomial",
    "i with probability input[i] / Σ input",
    family="random",
    doc="Random column numbers, drawn with the weights of each row.",
    samples=[sample(arr(4, low=0.1, high=1.0), 2)],
)
def multinomial(input: Array, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Array:
    if input.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if input.dtype.kind not in "fV":
        kind = dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[input.dtype]]
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {kind}")
    weights = np.atleast_2d(to_numpy(input))
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > weights.shape[1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if weights.shape[1] > 2**24:
        raise RuntimeError("number of categories cannot exceed 2^24")
    if replacement and np.isfinite(weights).all() and (weights < 0).any():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry < 0)")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if (weights.sum(axis=1) <= 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    drawn = random.multinomial(source_of("multinomial", generator), weights, num_samples, replacement)
    return beside(drawn[0] if input.ndim == 1 else drawn, input)
