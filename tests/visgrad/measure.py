"""How good a layout is, and the same for Graphviz `dot` with the same cards."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from visgrad.picture.display import Floats
from visgrad.picture.graph import Graph
from visgrad.picture.layout import Layout

DOT = shutil.which("dot")


@dataclass(frozen=True)
class Quality:
    """`crossings` of lines that share no card; `length` of all lines; `through`: lines that run through a card that is
    not theirs; `overlaps` of cards."""

    crossings: int
    length: float
    through: int
    overlaps: int


def quality(graph: Graph, position: Floats, sizes: Floats, lines: list[Floats]) -> Quality:
    """The measures of a picture."""
    through = _through(graph, position, sizes, lines)
    return Quality(crossings(graph, lines), length_of(lines), through, overlaps(position, sizes))


def length_of(lines: list[Floats]) -> float:
    """Of all lines together."""
    return sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in lines)


def lines_of(layout: Layout) -> list[Floats]:
    """The line of each edge."""
    return [layout.points[a:b] for a, b in zip(layout.start, layout.start[1:], strict=False)]


def overlaps(position: Floats, sizes: Floats) -> int:
    """How many pairs of cards overlap."""
    low, high = position, position + sizes
    both = ((low[:, None] < high[None]) & (low[None] < high[:, None])).all(axis=2)
    return int((both.sum() - len(low)) // 2)


def _pieces(lines: list[Floats]) -> tuple[Floats, Floats, np.ndarray[tuple[int], np.dtype[np.intp]]]:
    owner = np.repeat(np.arange(len(lines)), [len(line) - 1 for line in lines])
    return np.concatenate([line[:-1] for line in lines]), np.concatenate([line[1:] for line in lines]), owner


def crossings(graph: Graph, lines: list[Floats]) -> int:
    """How many pairs of lines cross that share no card."""
    if not lines:
        return 0
    a, b, owner = _pieces(lines)
    source, target = graph.source[owner], graph.target[owner]
    total = 0
    for i in range(len(a)):
        rest = slice(i + 1, None)
        apart = (source[rest] != source[i]) & (target[rest] != target[i])
        apart &= (source[rest] != target[i]) & (target[rest] != source[i])
        p, q, r, s = a[i], b[i], a[rest], b[rest]
        sides = _side(p, q, r) * _side(p, q, s) < 0
        total += int(np.count_nonzero(apart & sides & (_side(r, s, p) * _side(r, s, q) < 0)))
    return total


def _side(a: Floats, b: Floats, c: Floats) -> Floats:
    d, e = b - a, c - a
    side: Floats = d[..., 0] * e[..., 1] - d[..., 1] * e[..., 0]
    return side


def _through(graph: Graph, position: Floats, sizes: Floats, lines: list[Floats]) -> int:
    count = 0
    low, high = position + 1.0, position + sizes - 1.0
    for edge, line in enumerate(lines):
        steps = np.concatenate([np.linspace(a, b, 40) for a, b in pairwise(line)])
        inside = ((steps[:, None] > low) & (steps[:, None] < high)).all(axis=2)
        crossed = set(np.flatnonzero(inside.any(axis=0)).tolist())
        count += bool(crossed - {int(graph.source[edge]), int(graph.target[edge])})
    return count


def by_dot(graph: Graph, sizes: Floats, patience: float | None = None) -> tuple[Floats, list[Floats], float]:
    """Positions and lines as `dot` draws them from left to right, and the seconds of processor time that its process
    took, start and all.

    As in our pictures, lines leave cards on the right and arrive on the left.
    """
    text = ['digraph { rankdir=LR nodesep=0.389 ranksep=0.778 node [shape=box fixedsize=true label=""]']
    text += [f"n{row} [width={w / 72} height={h / 72}]" for row, (w, h) in enumerate(sizes.tolist())]
    pairs = zip(graph.source.tolist(), graph.target.tolist(), strict=True)
    text += [f"n{u}:e -> n{v}:w [id={edge}]" for edge, (u, v) in enumerate(pairs)]
    output, taken = run_dot("\n".join([*text, "}"]), "-Tjson", patience)
    data = json.loads(output)
    middle = np.zeros((graph.size, 2))
    for item in data.get("objects", []):
        middle[int(item["name"][1:])] = [float(part) for part in item["pos"].split(",")]
    lines: list[Floats] = [np.zeros((0, 2))] * len(graph.source)
    for item in data.get("edges", []):
        lines[int(item["id"])] = _spline(item["pos"])
    flip = np.array([1.0, -1.0])
    return middle * flip - sizes / 2, [line * flip for line in lines], taken


def run_dot(text: str, form: str, patience: float | None = None) -> tuple[str, float]:
    """What `dot` writes, and the seconds of processor time of its process; `subprocess.TimeoutExpired`."""
    command = [DOT or "dot", form]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=patience)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _spline(text: str) -> Floats:
    parts = text.split()
    end = [np.array(p.split(",")[1:], float) for p in parts if p.startswith("e,")]
    knots = np.array([p.split(",") for p in parts if p[0] not in "es"], float)
    t = np.linspace(0, 1, 6)[:, None]
    curve = [knots[:1]]
    for i in range(0, len(knots) - 1, 3):
        a, b, c, d = knots[i : i + 4]
        curve.append(((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)[1:])
    return np.concatenate([*curve, *(e[None] for e in end)])
