"""Layouts beside Graphviz `dot`: time, crossings, edge length; SVG beside `dot -Tsvg`: time and size; opening a large
recording folded, and unfolding it.

`python -m tests.benchmarks.pictures [layout|svg|large]…`; all of them without arguments.  Seconds are of the processor.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from time import perf_counter, process_time

from tests.benchmarks.gallery import RECURRENT, scalars
from tests.visgrad import programs as sketches
from tests.visgrad.measure import DOT, by_dot, lines_of, quality
from visgrad.export import to_svg
from visgrad.export.dot import to_dot
from visgrad.picture.draw import Picture
from visgrad.picture.layout import place
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import theme
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program

PATIENCE = 20
"""Seconds that `dot` gets."""

SHAPES: dict[str, Callable[[int], Recording]] = {
    "recurrent": lambda size: sketches.recurrent(size // 7),
    "residual": lambda size: sketches.residual(size // 4),
    "scalars": lambda size: sketches.scalars(2, round((size / 3) ** 0.5)),
    "attention": lambda size: sketches.attention(max(round((size / 3) ** 0.5), 2)),
    "random": sketches.random_program,
    "chain": sketches.chain,
    "tree": lambda size: sketches.tree(2 ** (size.bit_length() - 2)),
    "training": lambda size: sketches.training(size // 12),
}


def layouts(size: int) -> None:
    """One line for each kind of graph at about this many nodes."""
    print(f"\nlayout, about {size:,} nodes   nodes  edges    ours ms    dot ms  time   crossings    length")
    for name, make in SHAPES.items():
        picture = Picture(make(size), ViewOptions(detail=1.0))
        graph, sizes = picture.graph, picture.sizes
        start = process_time()
        layout = place(graph, sizes)
        ours = process_time() - start
        text = f"{name:26}{graph.size:6}{len(graph.source):7}{ours * 1e3:11.1f}"
        if DOT and size <= 3000:
            try:
                position, lines, theirs = by_dot(graph, sizes, PATIENCE)
            except subprocess.TimeoutExpired:
                print(f"{text}   over {PATIENCE} s")
                continue
            text += f"{theirs * 1e3:10.1f}{ours / max(theirs, 1e-3):6.2f}"
            if size <= 300:
                mine = quality(graph, layout.position, sizes, lines_of(layout))
                other = quality(graph, position, sizes, lines)
                text += f"{mine.crossings:6} /{other.crossings:5}{mine.length / other.length:9.2f} x"
        print(text)


def svg() -> None:
    """The whole way from a program to its SVG, and the SVG beside that of `dot`."""
    print("\nSVG                    cards   run ms  picture ms  SVG ms   bytes a node   dot ms   dot bytes a node")
    for name, source in (("recurrent", RECURRENT), ("recurrent, 50 steps", RECURRENT.replace("6, 2", "50, 2"))):
        options = ViewOptions(detail=1.0)
        times = [perf_counter()]
        recording = run_program(source)
        times.append(perf_counter())
        picture = Picture(recording, options)
        times.append(perf_counter())
        text = to_svg(picture.display(len(recording.stops)), theme("light"))
        times.append(perf_counter())
        run, laid, written = (b - a for a, b in pairwise(times))
        print(_svg_line(name, picture.graph.size, run, laid, written, len(text), to_dot(recording, options=options)))
    recording = sketches.random_program(3000)
    start = perf_counter()
    picture = Picture(recording, ViewOptions(detail=1.0))
    laid, start = perf_counter() - start, perf_counter()
    text = to_svg(picture.display(len(recording.stops)), theme("light"))
    written = perf_counter() - start
    print(_svg_line("random, 3,000", picture.graph.size, 0.0, laid, written, len(text), ""))


def _svg_line(name: str, cards: int, run: float, laid: float, written: float, size: int, dot: str) -> str:
    line = f"{name:22}{cards:6}{run * 1e3:9.0f}{laid * 1e3:12.0f}{written * 1e3:8.0f}{size / cards:15.0f}"
    if not DOT or not dot:
        return line
    start = perf_counter()
    try:
        done = subprocess.run([DOT, "-Tsvg"], input=dot, capture_output=True, text=True, check=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return f"{line}   over {PATIENCE} s"
    return f"{line}{(perf_counter() - start) * 1e3:9.0f}{len(done.stdout) / cards:19.0f}"


def large() -> None:
    """A recording of a hundred thousand operations, opened folded, then each of its groups unfolded."""
    recording = run_program(scalars(152))
    start = perf_counter()
    picture = Picture(recording)
    picture.display(len(recording.stops))
    taken = perf_counter() - start
    print(f"\n{len(recording.operations):,} operations open as {picture.graph.size} cards in {taken:.2f} s")
    for node in [node for node in picture.graph.nodes.tolist() if node < 0][:6]:
        start = perf_counter()
        opened = Picture(recording, ViewOptions(unfolded=(-1 - node,)))
        opened.display(len(recording.stops))
        taken = perf_counter() - start
        print(f"  {picture.folds.groups[-1 - node].title:32} {opened.graph.size:5} cards in {taken * 1e3:6.0f} ms")


def main(parts: list[str]) -> None:
    """Print the tables."""
    if not parts or "layout" in parts:
        layouts(300)
        layouts(3000)
    if not parts or "svg" in parts:
        svg()
    if not parts or "large" in parts:
        large()


if __name__ == "__main__":
    main(sys.argv[1:])
