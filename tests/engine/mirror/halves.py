"""Small computations in float16 and bfloat16, each a function of a library and a type, and their results as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = Callable[[Any, Any], Any]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Add a computation."""
    CASES[function.__name__] = function
    return function


def bits(value: Any) -> str:
    """A result as text that tells every bit of it."""
    if isinstance(value, list | tuple):
        return str([bits(v) for v in value])
    if hasattr(value, "tolist"):
        if value.dtype.is_floating_point:
            value = value.detach() + 0.0  # a zero without its sign
        return f"{value.dtype} {list(value.shape)} {value.tolist()}"
    return repr(value)


def leaves(t: Any, d: Any) -> tuple[Any, Any]:
    """Two tensors that ask for gradients."""
    a = t.tensor([[1.1, 2.3, -0.7], [0.01, 5.5, 3.3]], dtype=d, requires_grad=True)
    return a, t.tensor([0.3, 1.7, -2.2], dtype=d, requires_grad=True)


@case
def arithmetic(t: Any, d: Any) -> Any:
    a, b = leaves(t, d)
    return [a * b + 1.37, 1 - a, a / 3, a // 0.3, a % 0.7, a**2, a**0.3, 2**a, a > 1.1, a == 1.1, a + t.tensor(0.123)]


@case
def functions(t: Any, d: Any) -> Any:
    a, _ = leaves(t, d)
    return [f(a) for f in (t.exp, t.sin, t.cos, t.tanh, t.sigmoid, t.log1p, t.sqrt, t.erf, t.abs, t.floor, t.sign)]


@case
def reductions(t: Any, d: Any) -> Any:
    x = t.rand(5, 12).to(d)
    return [x.sum(), x.mean(1), x.max(0), x.argmax(), x.softmax(1), x.log_softmax(0), x.logsumexp(1)]


@case
def products(t: Any, d: Any) -> Any:
    x, y = t.rand(5, 9).to(d), t.rand(9, 4).to(d)
    return [x @ y, x[0] @ y, x[0].dot(x[1]), t.nn.functional.linear(x, y.T, y[0]), t.einsum("ij,jk->ki", x, y)]


@case
def gradients(t: Any, d: Any) -> Any:
    a, b = leaves(t, d)
    y = ((a * b + 1.37).sin() @ (a.exp() * 0.01).T).softmax(-1) * 2.5
    z = (y.tanh() + y.sigmoid()).sum() / 3 + (a / b).mean()
    z.backward()
    return [y, z, a.grad, b.grad]


@case
def accumulated_gradients(t: Any, d: Any) -> Any:
    a, b = leaves(t, d)
    for _ in range(3):
        (a.cos() * b.log().nan_to_num() + a.sqrt() / 7).sum().backward()
    return [a.grad, b.grad]


@case
def conversions(t: Any, d: Any) -> Any:
    a, _ = leaves(t, d)
    wide = t.tensor([1.00390625, 70000.0, 1e-8, -3.3e38, 0.1])
    whole = t.tensor([257, 2049, 70001, -3])
    return [a.float(), a.double(), a.long(), a.bool(), a.view(t.int16), wide.to(d), wide.double().to(d), whole.to(d)]


@case
def creation(t: Any, d: Any) -> Any:
    made = [t.arange(0, 3, 0.1, dtype=d), t.linspace(0, 1, 7, dtype=d), t.full((2,), 1.3, dtype=d), t.eye(2, dtype=d)]
    return [*made, t.zeros(2, dtype=d), t.ones_like(made[0]), t.tensor([0.1, 2], dtype=d)]


@case
def random_streams(t: Any, d: Any) -> Any:
    drawn = [t.rand(5, dtype=d), t.randn(4, dtype=d), t.randn(19, dtype=d), t.randint(0, 9, (4,), dtype=d)]
    fills = [t.empty(5, dtype=d).uniform_(-2, 3), t.empty(4, dtype=d).normal_(1, 2), t.empty(6, dtype=d).random_()]
    return [*drawn, *fills, t.nn.functional.dropout(t.ones(9, dtype=d), 0.3), t.bernoulli(t.full((6,), 0.4, dtype=d))]


@case
def training(t: Any, d: Any) -> Any:
    model = t.nn.Sequential(t.nn.Linear(3, 5), t.nn.ReLU(), t.nn.Linear(5, 2)).to(d)
    optimizer = t.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    x = t.rand(4, 3).to(d)
    for _ in range(3):
        optimizer.zero_grad()
        loss = t.nn.functional.cross_entropy(model(x), t.tensor([0, 1, 1, 0]))
        loss.backward()
        optimizer.step()
    return [loss, *(p.detach() for p in model.parameters())]


@case
def training_with_adam(t: Any, d: Any) -> Any:
    weight = t.nn.Parameter(t.randn(4, 3).to(d))
    optimizer = t.optim.AdamW([weight], lr=0.02)
    for _ in range(4):
        optimizer.zero_grad()
        (weight.exp() * 0.3).sum().backward()
        optimizer.step()
    return [weight.detach(), weight.grad]


@case
def indexing(t: Any, d: Any) -> Any:
    a, _ = leaves(t, d)
    x = a.detach().clone()
    x[0, 1] = 0.123
    x[:, 2] += 1
    return [x, a[0], a[a > 1], a.T, t.cat([a, x]), t.stack([a, x]), a.gather(1, t.tensor([[0], [2]])), x.sort(1)[0]]
