"""PyTorch's CPU random streams: the same seed gives the same numbers.

Owns the Mersenne Twister behind every random function and how its 32-bit words become floats, normals, integers and
permutations.  Draws are NumPy vectors in memory order; shaping them into tensors belongs to `ops/create.py`.
Sources: ATen's `TransformationHelper.h`, `DistributionsHelper.h` and `DistributionTemplates.h`, checked to the bit
against PyTorch except for the last place of a float32 normal in fills of 16 or more.
"""

from __future__ import annotations

import math
import secrets
import struct
from typing import Any, TypeAlias

import numpy as np

from engine import backends, dtypes
from engine.tensor import Tensor, wrap

__all__ = [
    "Generator",
    "default_generator",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "seed",
    "set_rng_state",
]

# NumPy's type stubs do not follow arithmetic between dtypes chosen at run time.
Vector: TypeAlias = Any

# What a Generator() holds before it is seeded, in PyTorch.
DEFAULT_SEED = 67280421310721
STATE_WORDS = 624
# Layout of the state bytes: seed, words left, seeded, next, the words, x, cached normal, rho, is cached, float cache.
STATE_LAYOUT = struct.Struct(f"<Qii Q{STATE_WORDS}Q ddd i4x f?3x".replace(" ", ""))


class Generator:
    """A stream of random words; `torch.Generator`.

    Besides the twister it holds one cached normal, because normals come in pairs.
    """

    __module__ = "torch._C"

    def __init__(self, device: object = "cpu") -> None:
        if str(device) != "cpu":
            raise RuntimeError(
                f"Device type {str(device).split(':')[0].upper()} is not supported for torch.Generator() api."
            )
        self._twister = np.random.MT19937()
        self.cached_normal: float | None = None
        self.manual_seed(DEFAULT_SEED)

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream of `seed` and return the generator; negative seeds wrap around 2**64."""
        if not isinstance(seed, int | np.integer) and not isinstance(seed, Tensor):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        seed = int(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError("Overflow when unpacking long long")
        self._seed = seed % 2**64
        self._twister._legacy_seeding(self._seed & 0xFFFFFFFF)
        self._fresh = True
        self.cached_normal = None
        return self

    def seed(self) -> int:
        """Start an unpredictable stream and return its seed."""
        chosen = secrets.randbits(53)
        self.manual_seed(chosen)
        return chosen

    def initial_seed(self) -> int:
        """The seed this stream started from."""
        return self._seed

    def get_state(self) -> Tensor:
        """The state as a tensor of bytes."""
        return wrap(np.frombuffer(self.state_bytes(), dtype=np.uint8).copy())

    def set_state(self, new_state: Tensor) -> None:
        """Continue from a state that `get_state` gave."""
        if not isinstance(new_state, Tensor) or new_state.dtype is not dtypes.uint8:
            raise TypeError("RNG state must be a torch.ByteTensor")
        self.set_state_bytes(new_state.numpy().tobytes())

    @property
    def device(self) -> backends.device:
        """Where the stream is drawn: the CPU."""
        return backends.CPU

    def words(self, count: int) -> Vector:
        """The next `count` 32-bit words."""
        if count:
            self._fresh = False
        return self._twister.random_raw(count)

    def double_words(self, count: int) -> Vector:
        """The next `count` 64-bit words, each of two, the first one high."""
        pairs = self.words(2 * count).reshape(count, 2)
        return (pairs[:, 0] << np.uint64(32)) | pairs[:, 1]

    def state_bytes(self) -> bytes:
        """The state in the layout of `torch.get_rng_state()`."""
        state = self._twister.state["state"]
        # The twister regenerates its words when the next one is asked for: "one left" before that.
        position = 0 if self._fresh else int(state["pos"])
        left = 1 if self._fresh else STATE_WORDS + 1 - position
        cached = self.cached_normal
        return STATE_LAYOUT.pack(
            self._seed,
            left,
            1,
            position,
            *state["key"].tolist(),
            0.0,
            cached or 0.0,
            0.0,
            cached is not None,
            0.0,
            False,
        )

    def set_state_bytes(self, data: bytes) -> None:
        """Continue from a state that `state_bytes` (or PyTorch) gave."""
        if len(data) != STATE_LAYOUT.size:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {STATE_LAYOUT.size} but found the input RNG state size "
                f"to be {len(data)}"
            )
        self._seed, left, _, position, *rest = STATE_LAYOUT.unpack(data)
        key, (_, cached, _, is_cached, _, _) = rest[:STATE_WORDS], rest[STATE_WORDS:]
        self._fresh = left == 1 and position == 0
        self._twister.state = {
            "bit_generator": "MT19937",
            "state": {"key": np.array(key, dtype=np.uint32), "pos": STATE_WORDS if left == 1 else position},
        }
        self.cached_normal = cached if is_cached else None


default_generator = Generator()
default_generator.seed()


def manual_seed(seed: int) -> Generator:
    """Seed the default generator."""
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Seed the default generator unpredictably and return the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The state of the default generator, as a tensor of bytes."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Continue the default generator from a state that `get_rng_state` gave."""
    default_generator.set_state(new_state)


def uniform(source: Generator, count: int, dtype: Any, low: float = 0.0, high: float = 1.0) -> Vector:
    """`count` floats in [low, high): `bits / 2**b * (high - low) + low`, with b the mantissa's bits."""
    kind: Any = np.dtype(dtype)
    double = kind.itemsize == 8
    # Half precision is drawn and worked out in single precision.
    work: Any = np.float64 if double else np.float32
    words = source.double_words(count) if double else source.words(count)
    bits = 53 if double else 24
    draws = (words & np.uint64(2**bits - 1)).astype(work) * work(2.0**-bits)
    if (low, high) != (0.0, 1.0):
        draws = _multiply_add(draws, work(work(high) - work(low)), work(low))
    if kind.itemsize == 2:
        draws = draws.astype(kind)
        # Rounding may reach the open end; PyTorch wraps it around to the closed one.
        draws[draws == kind.type(high)] = low
    return draws


def _multiply_add(draws: Vector, factor: Any, term: Any) -> Vector:
    """`draws * factor + term` rounded once, as the processor's fused instruction does."""
    if draws.dtype == np.float32:
        # The product of two float32 is exact in float64.
        return (draws.astype(np.float64) * np.float64(factor) + np.float64(term)).astype(np.float32)
    product = draws * factor
    total = product + term
    # What each rounding lost (Dekker's product, Knuth's sum), added back at the end.
    (a, b), (c, d) = _halves(draws), _halves(factor)
    lost_product = ((a * c - product) + a * d + b * c) + b * d
    part = total - product
    lost_sum = (product - (total - part)) + (term - part)
    return total + (lost_product + lost_sum)


def _halves(value: Any) -> tuple[Any, Any]:
    """A float64 as the exact sum of two of 26 bits (Veltkamp's split)."""
    scaled = value * 134217729.0
    high = scaled - (scaled - value)
    return high, value - high


def normal(
    source: Generator, count: int, dtype: Any, mean: float = 0.0, std: float = 1.0, blocks: bool = True
) -> Vector:
    """`count` normals by Box and Muller; fills of 16 and more go in blocks if they may, all others in pairs."""
    kind: Any = np.dtype(dtype)
    if kind.itemsize == 2:
        return _half_normal(source, count, mean, std, blocks).astype(kind)
    if count < 16 or not blocks:
        singles = np.array([normal_one(source) for _ in range(count)])
        return _multiply_add(singles, np.float64(std), np.float64(mean)).astype(kind)
    draws = uniform(source, count, kind)
    whole = count - count % 16
    draws[:whole] = _box_muller(draws[:whole])
    if count % 16:
        # The last 16 places are drawn anew, over the tail of the last whole block.
        draws[-16:] = _box_muller(uniform(source, 16, kind))
    draws *= kind.type(std)
    draws += kind.type(mean)
    return draws


def _half_normal(source: Generator, count: int, mean: float, std: float, blocks: bool) -> Vector:
    """Normals for a type of two bytes, in float32: each block of 16 is drawn when its turn comes, the last one too."""
    whole = count - count % 16
    if not whole or not blocks or whole == count:
        return normal(source, count, np.float32, mean, std, blocks)
    head = normal(source, whole, np.float32, mean, std)
    tail = normal(source, 16, np.float32, mean, std)
    return np.concatenate([head[: count - 16], tail])


def _box_muller(uniforms: Vector) -> Vector:
    """Blocks of 16: the first eight give radii `sqrt(-2 ln(1 - u))`, the last eight angles `2πu`."""
    blocks = uniforms.reshape(-1, 2, 8)
    radius = np.sqrt(-2.0 * np.log(1 - blocks[:, 0]))
    angle = uniforms.dtype.type(2 * np.pi) * blocks[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)


def normal_one(source: Generator) -> float:
    """One standard normal in double precision; its sine half is kept for the next call."""
    cached, source.cached_normal = source.cached_normal, None
    if cached is not None:
        return cached
    first, second = uniform(source, 2, np.float64).tolist()
    radius = math.sqrt(-2.0 * math.log1p(-second))
    angle = 2.0 * math.pi * first
    source.cached_normal = radius * math.sin(angle)
    return radius * math.cos(angle)


def integers(source: Generator, count: int, low: int, high: int) -> Vector:
    """`count` integers in [low, high): `low + word % (high - low)`; wide ranges take 64-bit words."""
    span = np.uint64(high - low)
    words = source.words(count) if high - low < 2**28 else source.double_words(count)
    return (words % span).astype(np.int64) + np.int64(low)


def permutation(source: Generator, count: int) -> Vector:
    """A random order of 0..count-1: place i swaps with one of the places from i on."""
    order = list(range(count))
    for i, word in enumerate(source.words(max(count - 1, 0)).tolist()):
        j = i + word % (count - i)
        order[i], order[j] = order[j], order[i]
    return np.array(order, dtype=np.int64)


def exponential(source: Generator, count: int, dtype: Any, rate: float = 1.0) -> Vector:
    """`count` draws of `-ln(1 - u) / rate`."""
    return (-np.log1p(-uniform(source, count, np.float64)) / rate).astype(dtype)


def cauchy(source: Generator, count: int, dtype: Any, median: float = 0.0, scale: float = 1.0) -> Vector:
    """`count` draws of `median + scale * tan(π(u - 1/2))`."""
    return (median + scale * np.tan(np.pi * (uniform(source, count, np.float64) - 0.5))).astype(dtype)


def geometric(source: Generator, count: int, dtype: Any, p: float) -> Vector:
    """`count` draws of `ceil(ln u / ln(1 - p))`: trials up to the first success."""
    return np.ceil(np.log(uniform(source, count, np.float64)) / np.log1p(-p)).astype(dtype)


def log_normal(source: Generator, count: int, dtype: Any, mean: float = 1.0, std: float = 2.0) -> Vector:
    """`count` draws of `exp(mean + std z)`, z from the pairs that short normals use."""
    return np.exp(np.array([normal_one(source) * std + mean for _ in range(count)])).astype(dtype)


def bernoulli(source: Generator, count: int, p: float) -> Vector:
    """`count` successes with the one probability `p`."""
    return uniform(source, count, np.float64) < p


def bernoulli_each(source: Generator, probabilities: Vector) -> Vector:
    """One success or failure for each entry of a vector of probabilities, drawn in its precision."""
    return uniform(source, probabilities.size, probabilities.dtype) < probabilities


def multinomial(source: Generator, weights: Vector, count: int, replacement: bool) -> Vector:
    """`count` column indices for each row of the matrix `weights`."""
    rows, columns = weights.shape
    if not replacement or count == 1:
        # Racing exponentials: the largest weight / Exp(1) wins; the runners-up follow in order.
        races = weights / exponential(source, weights.size, weights.dtype).reshape(rows, columns)
        return np.argsort(-races, axis=1, kind="stable")[:, :count]
    cumulative = np.cumsum(weights, axis=1)
    cumulative /= cumulative[:, -1:]
    draws = uniform(source, rows * count, np.float64).reshape(rows, count)
    found = [np.searchsorted(row, draw, side="left") for row, draw in zip(cumulative, draws, strict=True)]
    return np.minimum(np.array(found, dtype=np.int64).reshape(rows, count), columns - 1)
