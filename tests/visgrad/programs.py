"""Programs to draw, sketched: the lesson's, and the kinds of graph that learners meet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.visgrad.sketch import Sketch
from visgrad.recording.recording import Recording


def lesson() -> Recording:
    """`w = 2; y = w**2; z = 10*y + 25; z.backward()`."""
    s = Sketch()
    w = s.leaf("w", 2.0)
    y = s.op("pow", w, name="y", call="w**2")
    z = s.op("shift", s.op("scale", y, call="10*y", k=10.0), name="z", call="10*y+25", k=25.0)
    s.backward(z)
    return s.recording()


def vector() -> Recording:
    """`Q = 3*a**3 - b**2` with an external gradient."""
    s = Sketch()
    a, b = s.leaf("a", [2, 3]), s.leaf("b", [6, 4])
    cubes = s.op("scale", s.op("pow", a, call="a**3", k=3.0), call="3*a**3", k=3.0)
    q = s.op("sub", cubes, s.op("pow", b, call="b**2"), name="Q", call="3*a**3 - b**2")
    s.backward(q, [1, 1])
    return s.recording()


def square() -> Recording:
    """`x*x`: one tensor, used twice by one operation."""
    s = Sketch()
    x = s.leaf("x", 3.0)
    s.backward(s.op("mul", x, x, name="y", call="x*x"))
    return s.recording()


def perceptron(hidden: int = 6, depth: int = 2) -> Recording:
    """A network with `depth` layers, a mean squared error and its backward pass."""
    s, random = Sketch(), np.random.default_rng(0)
    h = s.constant("x", random.normal(size=(8, 4)))
    width = 4
    for layer in range(1, depth + 1):
        w = s.leaf(f"W{layer}", random.normal(size=(width, hidden)) / 2, "parameter")
        b = s.leaf(f"b{layer}", np.zeros(hidden), "parameter")
        h = s.op("add", s.op("mm", h, w, call=f"h @ W{layer}"), b, call=f"h @ W{layer} + b{layer}")
        if layer < depth:
            h = s.op("tanh", h, name="h", call="torch.tanh(h)")
        width = hidden
    t = s.constant("target", random.normal(size=(8, hidden)))
    error = s.op("sub", h, t, name="error", call="h - target")
    s.backward(s.op("mean", s.op("pow", error, call="error**2"), name="loss", call="(error**2).mean()"))
    return s.recording()


def recurrent(steps: int = 5) -> Recording:
    """A recurrent network, unrolled: three leaves shared by every step."""
    s, random = Sketch(), np.random.default_rng(1)
    u = s.leaf("U", random.normal(size=(3, 4)) / 2, "parameter")
    w = s.leaf("W", random.normal(size=(4, 4)) / 2, "parameter")
    b = s.leaf("b", np.zeros(4), "parameter")
    h = s.constant("h", np.zeros((2, 4)))
    for step in range(steps):
        x = s.constant(f"x{step}", random.normal(size=(2, 3)))
        both = s.op("add", s.op("mm", x, u, call="x @ U"), s.op("mm", h, w, call="h @ W"), call="x @ U + h @ W")
        h = s.op("tanh", s.op("add", both, b, call="x @ U + h @ W + b"), name="h", call="torch.tanh(…)")
    s.backward(s.op("mean", h, name="loss", call="h.mean()"))
    return s.recording()


def fan_out(users: int = 6) -> Recording:
    """One tensor used by many operations, whose results are added up."""
    s = Sketch()
    x = s.leaf("x", 0.5)
    total = s.op("pow", x, call="x**1", k=1.0)
    for power in range(2, users + 1):
        total = s.op("add", total, s.op("pow", x, call=f"x**{power}", k=float(power)), name="total", call="total + …")
    s.backward(total)
    return s.recording()


def in_place_and_view() -> Recording:
    """A view, an in-place operation, a part without gradient."""
    s = Sketch()
    x = s.leaf("x", [[1, 2], [3, 4]])
    k = s.constant("k", [10, 20, 30, 40])
    flat = s.op("view", s.op("scale", x, call="x * 2", k=2.0), name="flat", call="(x * 2).view(4)")
    moved = s.op(
        "add", flat, s.op("scale", k, name="half", call="k * 0.5", k=0.5), call="flat.add_(half)", in_place=True
    )
    s.backward(s.op("mean", moved, name="평균", call="flat.mean()"))
    return s.recording()


def broken() -> Recording:
    """A program that ends in an error at its last operation."""
    s = Sketch()
    a, b = s.leaf("a", np.ones((2, 3))), s.leaf("b", np.ones((2, 3)))
    total = s.op("add", a, b, name="total", call="a + b")
    s.error("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", total)
    return s.recording()


def separate(count: int = 5) -> Recording:
    """Expressions that have nothing to do with each other."""
    s = Sketch()
    for index in range(count):
        x = s.leaf(f"x{index}", np.arange(index + 1))
        if index % 2:
            s.op("tanh", x, call=f"torch.tanh(x{index})")
    return s.recording()


def residual(blocks: int = 6) -> Recording:
    """Blocks with a connection around each, and one around all."""
    s, random = Sketch(), np.random.default_rng(2)
    first = h = s.leaf("x", random.normal(size=(2, 4)))
    for index in range(blocks):
        w = s.leaf(f"W{index}", random.normal(size=(4, 4)) / 2, "parameter")
        inner = s.op("tanh", s.op("mm", h, w, call=f"h @ W{index}"), call=f"torch.tanh(h @ W{index})")
        h = s.op("add", h, inner, name="h", call=f"h + torch.tanh(h @ W{index})")
    s.backward(s.op("mean", s.op("sub", h, first, call="h - x"), name="loss", call="(h - x).mean()"))
    return s.recording()


def scalars(inputs: int = 2, hidden: int = 4, seed: int = 3) -> Recording:
    """A network of single numbers, each weight a leaf."""
    s, random = Sketch(), np.random.default_rng(seed)
    layer = [s.constant(f"x{i}", float(random.normal())) for i in range(inputs)]
    for width in (hidden, hidden, 1):
        following = []
        for j in range(width):
            total = s.leaf(f"b{j}", 0.0, "parameter")
            for i, x in enumerate(layer):
                w = s.leaf(f"w{i}{j}", float(random.normal()), "parameter")
                total = s.op("add", total, s.op("mul", w, x, call=f"w{i}{j}*x{i}"), call="total + w*x")
            following.append(s.op("tanh", total, call="tanh(total)"))
        layer = following
    s.backward(layer[0])
    return s.recording()


def chain(length: int = 40) -> Recording:
    """One operation after another."""
    s = Sketch()
    x = s.leaf("x", 0.5)
    for index in range(length):
        x = s.op("tanh", x, call=f"torch.tanh(x{index})")
    s.backward(x)
    return s.recording()


def attention(tokens: int = 4) -> Recording:
    """Attention by hand: every token with every other."""
    s, random = Sketch(), np.random.default_rng(4)
    weights = [s.leaf(n, random.normal(size=(3, 3)) / 2, "parameter") for n in ("Wq", "Wk", "Wv")]
    x = [s.constant(f"x{i}", random.normal(size=(1, 3))) for i in range(tokens)]
    q, k, v = ([s.op("mm", t, w, call="x @ W") for t in x] for w in weights)
    outs = []
    for i in range(tokens):
        total = s.op("mul", s.op("tanh", s.op("mul", q[i], k[0], call=f"q{i}*k0")), v[0])
        for j in range(1, tokens):
            score = s.op("tanh", s.op("mul", q[i], k[j], call=f"q{i}*k{j}"), call="tanh(score)")
            total = s.op("add", total, s.op("mul", score, v[j], call=f"score*v{j}"), call="total + score*v")
        outs.append(total)
    result = outs[0]
    for out in outs[1:]:
        result = s.op("add", result, out, call="result + out")
    s.backward(s.op("mean", result, name="loss", call="result.mean()"))
    return s.recording()


def random_program(operations: int = 120, seed: int = 5, near: int = 12) -> Recording:
    """Operations whose inputs are chosen at random among recent results."""
    s, random = Sketch(), np.random.default_rng(seed)
    values = [s.leaf(f"p{i}", float(i) / 7) for i in range(5)]
    for index in range(operations):
        a, b = (values[-1 - int(random.integers(min(near, len(values))))] for _ in range(2))
        if random.random() < 0.4:
            values.append(s.op("tanh", a, call=f"tanh(v{index})"))
        else:
            values.append(s.op("add", a, b, call=f"v{index} + …"))
    s.backward(values[-1])
    return s.recording()


PROGRAMS: dict[str, Callable[[], Recording]] = {
    "lesson": lesson,
    "vector": vector,
    "square": square,
    "perceptron": perceptron,
    "recurrent": recurrent,
    "fan_out": fan_out,
    "in_place_and_view": in_place_and_view,
    "broken": broken,
    "separate": separate,
    "residual": residual,
    "scalars": scalars,
    "chain": chain,
    "attention": attention,
    "random": random_program,
}


def tree(leaves: int = 64) -> Recording:
    """Sums of sums."""
    s = Sketch()
    row = [s.leaf(f"x{i}", float(i)) for i in range(leaves)]
    while len(row) > 1:
        row = [s.op("add", a, b, call="a + b") for a, b in zip(row[::2], row[1::2], strict=True)]
    s.backward(row[0])
    return s.recording()


def grid(side: int = 10) -> Recording:
    """Each cell from its left and its upper neighbour, as in dynamic programming."""
    s = Sketch()
    row = [s.leaf(f"x{i}", float(i) / 7) for i in range(side)]
    for _ in range(side):
        for i in range(1, side):
            row[i] = s.op("mul", row[i - 1], row[i], call="left * up")
    s.backward(row[-1])
    return s.recording()


def training(steps: int = 8) -> Recording:
    """Gradient descent on a line, the weights written in place between the steps."""
    s = Sketch()
    w, b = s.leaf("w", 0.1, "parameter"), s.leaf("b", 0.0, "parameter")
    x, t = s.constant("x", [1, 2, 3]), s.constant("t", [3, 5, 7])
    for _ in range(steps):
        line = s.op("add", s.op("mul", x, w, call="x * w"), b, name="y", call="x * w + b")
        error = s.op("sub", line, t, call="y - t")
        loss = s.op("mean", s.op("pow", error, call="(y - t)**2"), name="loss", call="((y - t)**2).mean()")
        s.backward(loss)
        w = s.op("scale", w, name="w", call="w -= 0.1 * w.grad", in_place=True, k=0.9)
        b = s.op("scale", b, name="b", call="b -= 0.1 * b.grad", in_place=True, k=0.9)
    return s.recording()


PROGRAMS |= {"tree": tree, "grid": grid, "training": training}
