"""Layouts beside Graphviz `dot`: time, crossings, edge length; SVG beside `dot -Tsvg`: time and size; the whole way
from a program to its picture beside torchviz and `dot`; opening a large recording folded, and unfolding it.

`python -m tests.benchmarks.pictures [layout|svg|whole|large]…`; all of them without arguments.  Seconds are of the
processor, of `dot` those of its whole process.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from math import exp, log
from queue import SimpleQueue
from statistics import median
from time import perf_counter, process_time
from typing import Any

from tests.benchmarks import torchviz_like
from tests.benchmarks.gallery import LESSON, RECURRENT, chained, scalars
from tests.visgrad import programs as sketches
from tests.visgrad.measure import DOT, by_dot, crossings, length_of, lines_of, run_dot
from visgrad.export import to_svg
from visgrad.export.dot import to_dot
from visgrad.picture.draw import Picture
from visgrad.picture.layout import place
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import theme
from visgrad.recording.recording import Recording
from visgrad.worker.client import Worker, run_program
from visgrad.worker.protocol import Finished, Message, Steps

PATIENCE = 20
"""Seconds that `dot` gets."""

WHOLE_PATIENCE = 60

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


WHOLE = {
    "network of scalars": scalars(2),
    "recurrent, 140 steps": RECURRENT.replace("6, 2", "140, 2"),
    "chain with branches": chained(1000),
    "longer chain": chained(5000),
}


def layouts(size: int, rounds: int) -> None:
    """One line for each kind of graph at about this many nodes, and the geometric means."""
    print(f"\nlayout, about {size:,} nodes   nodes  edges    ours ms    dot ms  time   crossings          length")
    ratios: list[tuple[float, float, float]] = []
    for name, make in SHAPES.items():
        picture = Picture(make(size), ViewOptions(detail=1.0))
        graph, sizes = picture.graph, picture.sizes
        ours, theirs = [], []
        try:
            for _ in range(rounds):
                layout, taken = timed(partial(place, graph, sizes))
                ours.append(taken)
                _, lines, taken = by_dot(graph, sizes, PATIENCE) if DOT else (None, [], 0.0)
                theirs.append(taken)
        except subprocess.TimeoutExpired:
            print(f"{name:26}{graph.size:6}{len(graph.source):7}{ours[0] * 1e3:11.1f}   over {PATIENCE} s")
            continue
        mine, other = lines_of(layout), lines
        crossed, elsewhere = crossings(graph, mine), crossings(graph, other)
        ratio = median(ours) / max(median(theirs), 1e-3)
        ratios.append((ratio, (crossed + 1) / (elsewhere + 1), length_of(mine) / (length_of(other) or 1.0)))
        print(
            f"{name:26}{graph.size:6}{len(graph.source):7}{median(ours) * 1e3:11.1f}{median(theirs) * 1e3:10.1f}"
            f"{ratio:6.2f}{crossed:9,} /{elsewhere:9,}{ratios[-1][2]:9.2f} x"
        )
    means = [exp(sum(map(log, column)) / len(column)) for column in zip(*ratios, strict=True)]
    print(f"{'geometric mean':60}{means[0]:6.2f}{means[1]:20.2f}{means[2]:9.2f} x")


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What some work gives, and its seconds of processor time."""
    start = process_time()
    result = work()
    return result, process_time() - start


def svg() -> None:
    """A recording's SVG, layout included, beside `dot -Tsvg` with the same text on the cards."""
    print("\nSVG                         nodes    ours ms    dot ms  time   bytes a node   dot's  size")
    options = ViewOptions(detail=1.0)
    for name, make in SHAPES.items():
        recording = make(3000)

        def draw(recording: Recording = recording) -> tuple[Picture, str]:
            picture = Picture(recording, options)
            return picture, to_svg(picture.display(len(recording.stops)), theme("light"))

        (picture, ours), taken = timed(draw)
        nodes = picture.graph.size
        line = f"{name:26}{nodes:7}{taken * 1e3:11.0f}"
        try:
            theirs, seconds = run_dot(to_dot(recording, options=options), "-Tsvg", PATIENCE)
        except subprocess.TimeoutExpired:
            print(f"{line}   over {PATIENCE} s{'':9}{len(ours) / nodes:9.0f}")
            continue
        print(
            f"{line}{seconds * 1e3:10.0f}{taken / seconds:6.2f}{len(ours) / nodes:15.0f}{len(theirs) / nodes:8.0f}"
            f"{len(ours) / len(theirs):6.2f}"
        )


def whole() -> None:
    """From a program's text to the SVG of its graph: ours (run, record, lay out, write) beside PyTorch and `dot`.

    PyTorch is imported and our worker started before the clock is: seconds are of the clock, since both use processes.
    """
    print(f"\nfrom text to SVG, seconds; by {torchviz_like.BY}\n{'':26}operations    ours  theirs   ratio")
    _in_torch(LESSON)
    run, close = warm_worker()
    run(LESSON)
    for name, source in WHOLE.items():
        start = perf_counter()
        recording = run(source)
        picture = Picture(recording, ViewOptions(detail=1.0))
        to_svg(picture.display(len(recording.stops)), theme("light"))
        ours = perf_counter() - start
        line = f"{name:26}{len(recording.operations):10,}{ours:8.2f}"
        start = perf_counter()
        try:
            run_dot(torchviz_like.to_dot(_in_torch(source)), "-Tsvg", WHOLE_PATIENCE)
        except (subprocess.TimeoutExpired, RecursionError) as problem:
            print(f"{line}   {type(problem).__name__}: ratio below {ours / (perf_counter() - start):.3f}")
            continue
        theirs = perf_counter() - start
        print(f"{line}{theirs:8.2f}{ours / theirs:8.3f}")
    close()


def warm_worker() -> tuple[Callable[[str], Recording], Callable[[], None]]:
    """A function that runs a program in one worker, as the window does, and one that ends it."""
    messages: SimpleQueue[Message] = SimpleQueue()
    worker = Worker(messages.put)

    def run(source: str) -> Recording:
        recording = Recording(source)
        worker.run(source)
        while True:
            message = messages.get()
            if isinstance(message, Steps):
                recording.extend(message.steps)
            elif isinstance(message, Finished):
                recording.outcome = message.outcome
                return recording

    return run, worker.close


def _in_torch(source: str) -> Any:
    """The `loss` of a program, run by PyTorch."""
    names: dict[str, Any] = {}
    exec(
        compile(
            source.replace("z.backward()", "loss = z").replace("loss.backward()", "").replace("print(w.grad)", ""),
            "program",
            "exec",
        ),
        names,
    )
    return names["loss"]


def large() -> None:
    """A recording of a hundred thousand operations, opened folded, then each of its groups unfolded."""
    recording = run_program(scalars(152))
    picture, taken = timed(partial(_shown, recording, ViewOptions()))
    print(f"\n{len(recording.operations):,} operations open as {picture.graph.size} cards in {taken:.2f} s")
    for node in [node for node in picture.graph.nodes.tolist() if node < 0][:6]:
        opened, taken = timed(partial(_shown, recording, ViewOptions(unfolded=(-1 - node,))))
        print(f"  {picture.folds.groups[-1 - node].title:32} {opened.graph.size:5} cards in {taken * 1e3:6.0f} ms")


def _shown(recording: Recording, options: ViewOptions) -> Picture:
    picture = Picture(recording, options)
    picture.display(len(recording.stops))
    return picture


def main(parts: list[str]) -> None:
    """Print the tables."""
    if not parts or "layout" in parts:
        layouts(300, 5)
        layouts(3000, 1)
    if not parts or "svg" in parts:
        svg()
    if not parts or "whole" in parts:
        whole()
    if not parts or "large" in parts:
        large()


if __name__ == "__main__":
    main(sys.argv[1:])
