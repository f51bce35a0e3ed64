"""Small computations in float16 and bfloat16, each a function of a library and a type, and their results as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Case = Callable[[Any, Any], Any]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Add a computation."""
    CASES[function.__name__] = function
    return function


def difference(mine: Any, theirs: Any) -> str:
    """How two results differ: short types in any bit, longer ones in more than the last places; "" if they do not."""
    if isinstance(mine, list | tuple):
        found = [difference(a, b) for a, b in zip(mine, theirs, strict=True)]
        return "; ".join([f"{i}: {said}" for i, said in enumerate(found) if said])
    if not hasattr(mine, "tolist"):
        return "" if repr(mine) == repr(theirs) else f"{mine!r}, torch {theirs!r}"
    a, b = (f"{x.dtype} {list(x.shape)}" for x in (mine, theirs))
    if a != b:
        return f"{a}, torch {b}"
    wide = mine.dtype.is_floating_point and mine.dtype.itemsize > 2
    x, y = (np.array(t.detach().tolist()) for t in (mine, theirs))
    same = np.isclose(x, y, 2e-6, 1e-7, True) if wide else (x == y) | ((x != x) & (y != y))
    return "" if same.all() else f"{x[~same]}, torch {y[~same]}"


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


def mlp(t: Any) -> Any:
    """A network of float32."""
    return t.nn.Sequential(t.nn.Linear(3, 5), t.nn.Tanh(), t.nn.Linear(5, 2))


@case
def autocast_training(t: Any, d: Any) -> Any:
    model, seen = mlp(t), []
    optimizer = t.optim.SGD(model.parameters(), lr=0.1)
    x, y = t.rand(4, 3), t.rand(4, 2)
    for _ in range(3):
        optimizer.zero_grad()
        with t.autocast("cpu", dtype=d):
            out = model(x) + model(x * 2)  # the weights' casts are shared
            loss = t.nn.functional.mse_loss(out, y)
        loss.backward()
        optimizer.step()
        seen += [out, loss, *[p.grad.clone() for p in model.parameters()]]
    return seen


def casts(node: Any, seen: dict[Any, str]) -> int:
    """How many nodes of a graph are casts."""
    if node is not None and node not in seen:
        seen[node] = node.name()
        for below, _ in node.next_functions:
            casts(below, seen)
    return list(seen.values()).count("ToCopyBackward0")


@case
def autocast_graph(t: Any, d: Any) -> Any:
    model = mlp(t)
    with t.autocast("cpu", dtype=d):
        y = model(t.rand(2, 3))
        loss = t.nn.functional.cross_entropy(y, t.tensor([0, 1]))
    return [casts(loss.grad_fn, {}), loss.grad_fn.name(), y]


@case
def autocast_types(t: Any, d: Any) -> Any:
    a, b, double = t.rand(3, 3), t.rand(3, 3), t.rand(3, 3, dtype=t.float64)
    with t.autocast("cpu", dtype=d):
        c = a @ b
        f = t.nn.functional
        results = [
            c,
            a.mm(b),
            t.matmul(a, b[0]),
            a + c,
            c.exp(),
            c.softmax(-1),
            c.prod(),
            f.l1_loss(c, a),
            double @ double,
        ]
        results += [t.cat([a, c]), t.stack([c, b]), c.trace(), f.linear(a, b), a.sum(), f.conv1d(a[None], b[None])]
        with t.autocast("cpu", enabled=False):
            results += [a @ b, t.is_autocast_enabled("cpu")]
        results += [a @ b, t.is_autocast_enabled("cpu"), repr(t.get_autocast_dtype("cpu"))]
    return [*results, a @ b, t.is_autocast_enabled("cpu")]


@case
def autocast_decorator(t: Any, d: Any) -> Any:
    @t.amp.autocast("cpu", dtype=d)  # type: ignore[untyped-decorator]
    def product(a: Any, b: Any) -> Any:
        return a @ b

    return [product(t.rand(2, 2), t.rand(2, 2)), t.is_autocast_enabled("cpu")]


@case
def autocast_recurrent(t: Any, d: Any) -> Any:
    cell = t.nn.LSTMCell(3, 4)
    with t.autocast("cpu", dtype=d):
        h, c = cell(t.rand(2, 3))
    (h.float().sum() + c.float().sum()).backward()
    return [h, c.dtype is h.dtype, cell.weight_ih.grad.dtype is t.float32]


@case
def autocast_attention(t: Any, d: Any) -> Any:
    q = t.rand(1, 2, 3, 4, requires_grad=True)
    with t.autocast("cpu", dtype=d):
        y = t.nn.functional.scaled_dot_product_attention(q, q, q)
    return [y.dtype is d, y.shape]


@case
def scaled_gradients(t: Any, d: Any) -> Any:
    model, scaler, seen = mlp(t), t.amp.GradScaler("cpu", init_scale=2.0**10, growth_interval=2), []
    optimizer = t.optim.SGD(model.parameters(), lr=0.1)
    x = t.rand(4, 3)
    for i in range(6):
        optimizer.zero_grad()
        with t.autocast("cpu", dtype=d):
            loss = model(x * (1e38 if i == 3 else 1)).pow(2).mean() * (1e38 if i == 3 else 1)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        seen += [scaler.get_scale(), repr(scaler.state_dict()), *[p.detach().clone() for p in model.parameters()]]
    return seen


@case
def losses(t: Any, d: Any) -> Any:
    f, seen = t.nn.functional, []
    for loss in (f.mse_loss, f.l1_loss, f.smooth_l1_loss, f.huber_loss, f.binary_cross_entropy_with_logits):
        x = t.randn(4, 5).to(d).requires_grad_()
        y = loss(x, t.rand(4, 5).to(d))
        y.backward()
        seen += [y, x.grad]
    return seen


@case
def layers(t: Any, d: Any) -> Any:
    f, seen = t.nn.functional, []
    x = t.randn(2, 4, 6, 6).to(d).requires_grad_()
    for function in (
        lambda x: f.max_pool2d(x, 2),
        lambda x: f.avg_pool2d(x, 2),
        f.silu,
        f.elu,
        f.softplus,
        lambda x: f.leaky_relu(x, 0.1),
    ):
        x.grad = None
        y = function(x)
        (y * 1.3).sum().backward()
        seen += [y, x.grad]
    return seen


@case
def default_type(t: Any, d: Any) -> Any:
    t.set_default_dtype(d)
    try:
        return [t.tensor([0.1, 0.2]), t.rand(3), t.ones(2) / 3, t.get_default_dtype() is d, repr(t.tensor([1.5]))]
    finally:
        t.set_default_dtype(t.float32)


@case
def loader(t: Any, d: Any) -> Any:
    data = t.utils.data.TensorDataset(t.rand(5, 2).to(d), t.arange(5))
    return [batch for pair in t.utils.data.DataLoader(data, batch_size=2) for batch in pair]


@case
def state(t: Any, d: Any) -> Any:
    model = mlp(t).to(d)
    other = mlp(t)
    other.load_state_dict(model.state_dict())
    return [str(model.state_dict()["0.weight"].dtype), other[0].weight.detach(), model.half()[0].weight.dtype.itemsize]
