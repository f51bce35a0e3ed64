"""Times callables in turn, so that a machine's mood touches all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

Work = Callable[[], object]


def in_turn(works: dict[str, Work], rounds: int = 7, warm: int = 1) -> dict[str, float]:
    """Median processor seconds of each work over `rounds`, run A B C, A B C, …"""
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(warm + rounds):
        for name, work in works.items():
            gc.collect()
            start = time.process_time()
            work()
            if number >= warm:
                times[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def row(title: str, ours: float, theirs: float, budget: float, note: str = "") -> None:
    """Print one line: what, our milliseconds, theirs, the ratio, the budget."""
    ratio = ours / theirs
    mark = "ok  " if ratio <= budget else "OVER"
    print(f"{title:44} {ours * 1e3:10.2f} ms {theirs * 1e3:10.2f} ms {ratio:7.2f} x  {mark} <= {budget:g}  {note}")
