"""Differences, finite-difference gradients and trapezoids along a dimension; covariance; powers as columns.

All are written with other operators, which bring the derivatives of every order.
"""

from __future__ import annotations

from typing import Any

from engine.backward import TENSORS
from engine.dtypes import SCALAR_NAMES
from engine.errors import dimension
from engine.registry import arr, composite, sample

CALCULUS: dict[str, Any] = {"family": "calculus"}


def part(x: Any, dim: int, start: int | None, stop: int | None) -> Any:
    """`x[start:stop]` along a dimension."""
    return x[(slice(None),) * dim + (slice(start, stop),)]


def along(values: Any, dim: int, ndim: int) -> Any:
    """A vector shaped to run along one of `ndim` dimensions."""
    return values.reshape((-1,) + (1,) * (ndim - 1 - dim))


@composite(
    "diff",
    "input[1:] − input[:−1]",
    doc="The differences of neighbours along a dimension, n times.",
    samples=[sample(arr(2, 4)), sample(arr(4, 2), 2, 0)],
    **CALCULUS,
)
def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    if input.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n == 0:
        return input.clone()
    dim = dimension(dim, input.ndim)
    around = [t for t in (prepend, input, append) if t is not None]
    if any(t.ndim != input.ndim for t in around):
        raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    x = TENSORS.cat(around, dim) if len(around) > 1 else input
    for _ in range(min(n, x.shape[dim])):
        later, earlier = part(x, dim, 1, None), part(x, dim, None, -1)
        x = later.logical_xor(earlier) if x.dtype.category == 0 else later - earlier
    return x


@composite(
    "gradient",
    "(input[i + 1] − input[i − 1]) / 2h",
    doc="The slope along each dimension, by differences of second order inside and of first or second at the edges.",
    method=False,
    samples=[sample(arr(4)), sample(arr(3, 4), spacing=0.5, dim=1, edge_order=2)],
    **CALCULUS,
)
def gradient(input: Any, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> Any:
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    one = isinstance(dim, int)
    dims = [dim] if one else list(range(input.ndim) if dim is None else dim)
    several = isinstance(spacing, tuple | list)
    if several and len(spacing) != len(dims):
        length = f"equal to 'self.dim() = {input.ndim}', since dim argument was not given" if dim is None else len(dims)
        raise RuntimeError(
            f"torch.gradient expected spacing to be unspecified, a scalar, or a list of length {length}, "
            f"but got a list of length {len(spacing)}"
        )
    steps = list(spacing) if several else [1 if spacing is None else spacing] * len(dims)
    return tuple([_slope(input, dimension(d, input.ndim), h, edge_order) for d, h in zip(dims, steps, strict=True)])


def _slope(x: Any, dim: int, h: Any, edge_order: int) -> Any:
    size = x.shape[dim]
    if size < edge_order + 1:
        raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    steps = (h[1:] - h[:-1]).to(x.dtype) if hasattr(h, "_data") and h.ndim else None
    if steps is None:
        inside = (part(x, dim, 2, None) - part(x, dim, None, -2)) / (2 * h)
        a = b = h
    else:
        a, b = along(steps[:-1], dim, x.ndim), along(steps[1:], dim, x.ndim)
        left, centre, right = part(x, dim, None, -2), part(x, dim, 1, -1), part(x, dim, 2, None)
        inside = left * (-b / (a * (a + b))) + centre * ((b - a) / (a * b)) + right * (a / (b * (a + b)))
    if edge_order == 1 or size < 3:
        first = (part(x, dim, 1, 2) - part(x, dim, 0, 1)) / (h if steps is None else steps[0])
        last = (part(x, dim, -1, None) - part(x, dim, -2, -1)) / (h if steps is None else steps[-1])
    else:
        p, q = (a, b) if steps is None else (steps[0], steps[1])
        first = _edge([part(x, dim, i, i + 1) for i in range(3)], p, q)
        p, q = (a, b) if steps is None else (steps[-1], steps[-2])
        last = -_edge([part(x, dim, size - 1 - i, size - i) for i in range(3)], p, q)
    return TENSORS.cat([first, inside, last], dim)


def _edge(points: list[Any], p: Any, q: Any) -> Any:
    """The slope at the first of three points of the parabola through them; they are p and q apart."""
    x, y, z = points
    return x * (-(2 * p + q) / (p * (p + q))) + y * ((p + q) / (p * q)) - z * (p / (q * (p + q)))


def _panels(y: Any, x: Any, dx: Any, dim: int) -> Any:
    """Twice the areas under each pair of neighbours."""
    dim = dimension(dim, y.ndim)
    sums = part(y, dim, 1, None) + part(y, dim, None, -1)
    if x is None:
        return sums * (1 if dx is None else dx), dim
    if dx is not None:
        raise RuntimeError("trapezoid() expected at most one of x and dx")
    x = along(x, dim, y.ndim) if x.ndim == 1 else x
    at = dim if x.ndim == y.ndim else dim - (y.ndim - x.ndim)
    return sums * (part(x, at, 1, None) - part(x, at, None, -1)), dim


TRAPEZOID: dict[str, Any] = CALCULUS | {"method": False, "samples": [sample(arr(2, 4)), sample(arr(4), dx=0.5)]}


@composite(
    "trapezoid",
    "Σ (y[i] + y[i + 1]) / 2 · Δx",
    doc="The integral along a dimension, by trapezoids.",
    aliases=("trapz",),
    **TRAPEZOID,
)
def trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Any:
    areas, dim = _panels(y, x, dx, dim)
    return areas.sum(dim) / 2


@composite(
    "cumulative_trapezoid",
    "Σ (y[i] + y[i + 1]) / 2 · Δx up to each place",
    doc="The integral up to each place along a dimension, by trapezoids.",
    **TRAPEZOID,
)
def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Any:
    areas, dim = _panels(y, x, dx, dim)
    return areas.cumsum(dim) / 2


@composite(
    "cov",
    "E[(x − E x)(y − E y)]",
    family="reduction",
    doc="The covariances of variables (rows) over observations (columns).",
    samples=[sample(arr(2, 4)), sample(arr(5))],
)
def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    if input.ndim > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    if input.dtype.category == 0:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    x = input.reshape(1, -1) if input.ndim < 2 else input
    _check_weights(x, "fweights", fweights, False)
    _check_weights(x, "aweights", aweights, True)
    weights = aweights if fweights is None else fweights if aweights is None else fweights * aweights
    total = x.shape[1] if weights is None else weights.sum()
    away = x - ((x if weights is None else x * weights).sum(1) / total)[:, None]
    freedom = total - correction
    if aweights is not None and correction:
        freedom = total - correction * (weights * aweights).sum() / total
    if freedom <= 0:
        freedom = 0.0
    return (away @ (away if weights is None else away * weights).t() / freedom).squeeze()


def _check_weights(x: Any, name: str, weights: Any, floating: bool) -> None:
    """Refuse weights of observations that do not fit the observations."""
    if weights is None:
        return
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with {weights.ndim} dimensions"
        )
    if weights.dtype.is_floating_point != floating:
        kind = "floating point" if floating else "integral"
        raise RuntimeError(
            f"cov(): expected {name} to have {kind} dtype but got {name} with {SCALAR_NAMES[weights.dtype]} dtype"
        )
    if weights.numel() != x.shape[1]:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got "
            f"{weights.numel()} != {x.shape[1]}"
        )
    if weights.numel() and bool((weights < 0).any()):
        raise RuntimeError(f"cov(): {name} cannot be negative")


@composite(
    "corrcoef",
    "cov(x, y) / (σx σy)",
    family="reduction",
    doc="The correlations of variables (rows) over observations (columns).",
    samples=[sample(arr(2, 4))],
)
def corrcoef(input: Any) -> Any:
    if input.ndim > 2:
        raise RuntimeError(
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    c = cov(input)
    if c.ndim == 0:
        return c / c
    spread = c.diagonal().sqrt()
    return (c / spread[:, None] / spread).clamp(-1, 1)


@composite(
    "vander",
    "x⁰, x¹, x², …",
    family="linear algebra",
    doc="The powers of a vector's elements as columns, falling unless `increasing`.",
    method=False,
    samples=[sample(arr(3)), sample(arr(3), 2, increasing=True)],
)
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    powers = linalg_vander(x, N=x.shape[0] if N is None else N)
    return powers if increasing else powers.flip(-1)


@composite(
    "linalg_vander",
    "x⁰, x¹, x², …",
    family="linear algebra",
    doc="The powers of a vector's elements as columns.",
    function=False,
    method=False,
    samples=[sample(arr(2, 3)), sample(arr(3), N=4)],
)
def linalg_vander(x: Any, *, N: int | None = None) -> Any:
    count = N if N is not None else x.shape[-1] if x.ndim else 1
    if N is not None and N <= 1:
        raise RuntimeError(f"N must be greater than 1 but got {N}")
    x = x.reshape(1) if x.ndim == 0 else x
    ones = x.new_ones((*x.shape, 1))
    powers = x[..., None].expand(*x.shape, count - 1).cumprod(-1)
    return TENSORS.cat([ones.to(powers.dtype), powers], -1)
