"""Single operations and whole models, unobserved, against PyTorch eager on one thread: the worst come last.

`python -m tests.benchmarks.operators [WORD…]` prints the rows whose title holds one of the words: the microseconds of
one forward and of one forward and backward, and the ratios to PyTorch, run side by side.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from dataclasses import dataclass
from typing import Any

import engine
from tests.benchmarks.measure import Work
from visgrad.worker.client import ENVIRONMENT

SETUP = """
def leaf(*shape):
    return torch.randn(shape).requires_grad_()
s, x, y, m, row = leaf(), leaf(32, 64), leaf(32, 64), leaf(64, 64), leaf(64)
labels, tokens, mask = torch.randint(0, 64, (32,)), torch.randint(0, 100, (8, 16)), torch.rand(32, 64) > 0.5
table, sequence, image = leaf(100, 64), leaf(8, 16, 64), leaf(8, 8, 16, 16)
kernel, F = leaf(16, 8, 3, 3), nn.functional
positive = (torch.rand(32, 64) + 0.1).requires_grad_()
norm, batch, attend = nn.LayerNorm(64), nn.BatchNorm2d(8), nn.MultiheadAttention(64, 4, batch_first=True)
parts = leaf(32, 64), leaf(32, 64)
"""

OPERATIONS = (
    *("s * s", "s + 1", "-s", "s ** 2", "s.exp()", "torch.tanh(s)", "torch.relu(s)"),
    *("x + y", "x * y", "x + row", "x * 2", "x / y", "x ** 2", "x - y", "2 - x"),
    *("x @ m", "sequence @ m", "sequence @ sequence.transpose(1, 2)", "F.linear(x, m, row)", "x.t()"),
    *("torch.relu(x)", "torch.tanh(x)", "torch.sigmoid(x)", "F.gelu(x)", "F.silu(x)", "F.leaky_relu(x)"),
    *("x.exp()", "positive.log()", "positive.sqrt()", "x.abs()", "x.clamp(-1, 1)", "torch.where(mask, x, y)"),
    *(
        "x.sum()",
        "x.mean()",
        "x.sum(1)",
        "x.mean(0)",
        "x.max()",
        "x.max(1).values",
        "x.var()",
        "x.norm()",
        "x.cumsum(1)",
    ),
    *("x[0]", "x[:, 3:9]", "x[labels % 32]", "x[mask]", "x.view(64, 32)", "x.reshape(-1)", "x.unsqueeze(0)"),
    *("torch.cat(parts)", "torch.stack(parts)", "x.chunk(4, 1)[0]", "x.masked_fill(mask, 0.0)", "table[tokens]"),
    *("F.softmax(x, 1)", "F.log_softmax(x, 1)", "F.cross_entropy(x, labels)", "F.mse_loss(x, y)", "norm(x)"),
    *("F.embedding(tokens, table)", "F.dropout(x, 0.1)", "batch(image)", "F.conv2d(image, kernel, padding=1)"),
    *("F.max_pool2d(image, 2)", "F.avg_pool2d(image, 2)", "attend(sequence, sequence, sequence)[0]"),
    *("F.scaled_dot_product_attention(sequence, sequence, sequence)", "torch.einsum('bij,jk->bik', sequence, m)"),
    *("x.detach()", "x.clone()", "(x > 0).float()", "F.one_hot(labels, 64)", "torch.randn(32, 64)"),
)
"""Expressions; where the value asks for gradients a backward pass is timed too."""


@dataclass(frozen=True)
class Model:
    """A training step: what is made beforehand, and the step."""

    title: str
    setup: str
    text: str


TRAIN = "optimizer.zero_grad(); {}.backward(); optimizer.step()"
MODELS = (
    Model("micrograd-like scalars", "w = [leaf() for _ in range(20)]", "sum((v * 2 - s) ** 2 for v in w).backward()"),
    Model(
        "MLP 64-128-128-10, SGD",
        """
model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer, t = torch.optim.SGD(model.parameters(), lr=0.01), torch.randint(0, 10, (32,))
""",
        TRAIN.format("F.cross_entropy(model(x.detach()), t)"),
    ),
    Model(
        "regression 1-16-1, Adam",
        """
model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer, a, b = torch.optim.Adam(model.parameters()), torch.randn(32, 1), torch.randn(32, 1)
""",
        TRAIN.format("F.mse_loss(model(a), b)"),
    ),
    Model(
        "RNN written out, 20 steps",
        "u, a = (torch.randn(64, 64) * 0.1).requires_grad_(), torch.randn(20, 16, 64)",
        """
h = torch.zeros(16, 64)
for t in range(20):
    h = torch.tanh(a[t] @ m + h @ u)
h.sum().backward()
""",
    ),
    *(
        Model(
            f"nn.{kind}, 20 steps", f"net, a = nn.{kind}(32, 64), torch.randn(20, 16, 32)", "net(a)[0].sum().backward()"
        )
        for kind in ("RNN", "LSTM", "GRU")
    ),
    Model(
        "LSTMCell, 10 steps",
        "net, a = nn.LSTMCell(32, 64), torch.randn(10, 16, 32)",
        """
h = torch.zeros(16, 64), torch.zeros(16, 64)
for t in range(10):
    h = net(a[t], h)
h[0].sum().backward()
""",
    ),
    Model(
        "Transformer encoder layer",
        "net = nn.TransformerEncoderLayer(64, 4, 128, batch_first=True)",
        "net(sequence).sum().backward()",
    ),
    Model(
        "CNN 8-16 channels",
        """
model = nn.Sequential(
    nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(1936, 10)
)
a, t = torch.randn(16, 1, 28, 28), torch.randint(0, 10, (16,))
""",
        "F.cross_entropy(model(a), t).backward()",
    ),
    Model(
        "CNN 32-64 channels, batch norm, Adam",
        """
model = nn.Sequential(
    nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4096, 10)
)
optimizer = torch.optim.Adam(model.parameters())
a, t = torch.randn(8, 3, 32, 32), torch.randint(0, 10, (8,))
""",
        TRAIN.format("F.cross_entropy(model(a), t)"),
    ),
    Model(
        "mini GPT, AdamW",
        """
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.LayerNorm(64), nn.LayerNorm(64)
        self.qkv, self.out = nn.Linear(64, 192), nn.Linear(64, 64)
        self.feed = nn.Sequential(nn.Linear(64, 256), nn.GELU(), nn.Linear(256, 64))
        self.register_buffer("mask", torch.tril(torch.ones(16, 16)).view(1, 1, 16, 16))
    def forward(self, x):
        q, k, v = [p.view(8, 16, 4, 16).transpose(1, 2) for p in self.qkv(self.first(x)).split(64, dim=2)]
        scores = (q @ k.transpose(-2, -1)) * 0.25
        weights = F.softmax(scores.masked_fill(self.mask == 0, float("-inf")), dim=-1)
        x = x + self.out((weights @ v).transpose(1, 2).contiguous().view(8, 16, 64))
        return x + self.feed(self.second(x))
class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(100, 64), nn.Embedding(16, 64)
        self.blocks, self.head = nn.Sequential(Block(), Block()), nn.Linear(64, 100)
    def forward(self, t):
        return self.head(self.blocks(self.tokens(t) + self.places(torch.arange(16))))
model = GPT()
optimizer, t = torch.optim.AdamW(model.parameters()), torch.randint(0, 100, (8, 16))
""",
        TRAIN.format("F.cross_entropy(model(t).view(-1, 100), t.view(-1))"),
    ),
    *(
        Model(
            f"optim.{kind} step, 6 parameters",
            f"""
ws = [leaf(64, 64) if i % 2 else leaf(64) for i in range(6)]
for w in ws:
    w.grad = torch.randn(w.shape)
optimizer = torch.optim.{kind}(ws, lr=0.001)
""",
            "optimizer.step()",
        )
        for kind in ("SGD", "Adam", "AdamW", "RMSprop")
    ),
)


def works(setup: str, text: str) -> tuple[Work, Work]:
    """The text as work for the engine and for PyTorch."""
    import torch

    made = []
    for library in (engine, torch):
        library.manual_seed(0)
        names: dict[str, Any] = {"torch": library, "nn": library.nn}
        exec(SETUP + setup, names)
        exec("def work():\n    " + text.strip().replace("\n", "\n    "), names)
        made.append(names["work"])
    return made[0], made[1]


def side_by_side(ours: Work, theirs: Work, slice: float = 0.004, rounds: int = 9) -> tuple[float, float]:
    """The least processor microseconds of each, in turn, over `rounds` slices of about `slice` seconds."""
    best = [float("inf"), float("inf")]
    counts = []
    for work in (ours, theirs):
        work()
        start = time.perf_counter()
        work()
        counts.append(max(1, int(slice / (time.perf_counter() - start))))
    for _ in range(rounds):
        for i, work in enumerate((ours, theirs)):
            start = time.process_time()
            for _ in range(counts[i]):
                work()
            best[i] = min(best[i], (time.process_time() - start) / counts[i] * 1e6)
    return best[0], best[1]


def measured(expression: str) -> tuple[float, str]:
    """The ratio that a row is sorted by, and the row."""
    ours, theirs = side_by_side(*works("", f"return {expression}"))
    line = f"{expression:62} {ours:8.1f} {theirs:8.1f} {ours / theirs:6.2f} x"
    value = works("", f"return {expression}")[0]()
    if not getattr(value, "requires_grad", False):
        return ours / theirs, line
    setup = f"g = torch.ones_like({expression})"
    ours, theirs = side_by_side(*works(setup, f"({expression}).backward(g)"))
    return ours / theirs, f"{line} {ours:9.1f} {theirs:8.1f} {ours / theirs:6.2f} x"


def main() -> None:
    """Print the tables."""
    if not os.environ.items() >= ENVIRONMENT.items():
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.benchmarks.operators", *sys.argv[1:]],
            os.environ | ENVIRONMENT,
        )
    import torch

    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)  # as the worker sets it
    words = sys.argv[1:]
    print(f"{'operation, µs':62} {'forward':>8} {'torch':>8} {'':8} {'with back':>9} {'torch':>8}")
    for _, line in sorted(measured(e) for e in OPERATIONS if not words or any(w in e for w in words)):
        print(line)
    for model in MODELS:
        if not words or any(w in model.title for w in words):
            ours, theirs = side_by_side(*works(model.setup, model.text), rounds=15)
            print(f"{model.title:62} {ours:8.0f} {theirs:8.0f} {ours / theirs:6.2f} x")


if __name__ == "__main__":
    main()
