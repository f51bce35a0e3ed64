"""A program in cells runs as a notebook's reader runs it: an error ends its cell, and what does not need it goes on."""

from __future__ import annotations

from visgrad.program.compile import compile_program
from visgrad.recording.model import Error, Print
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program


def told(recording: Recording) -> list[str]:
    """What was printed and which errors there were, in order."""
    return [
        step.text.rstrip("\n") if isinstance(step, Print) else f"{step.type}: {step.message}"
        for step in recording.steps
        if isinstance(step, Print | Error)
    ]


def test_an_error_ends_its_cell_and_the_next_ones_run() -> None:
    recording = run_program("# %%\nx = 1\nprint(x)\n1 / 0\nprint('not here')\n# %%\nprint(x + 1)\n")
    assert told(recording) == ["1", "ZeroDivisionError: division by zero", "2"]
    assert recording.outcome is not None
    assert (recording.outcome.kind, recording.outcome.message) == ("error", "ZeroDivisionError: division by zero")
    assert not recording.failed_last


def test_a_cell_that_needs_what_an_error_kept_from_being_made_is_left_out_and_so_is_what_needs_that() -> None:
    source = "# %%\na = 1\nb = nobody\n# %%\nc = b + 1\n# %%\nprint(c)\n# %%\ndef f(b):\n    return b\nprint(f(a))\n"
    assert told(run_program(source)) == ["NameError: name 'nobody' is not defined", "1"]


def test_a_cell_that_needs_an_older_value_of_a_name_runs_with_it() -> None:
    source = "# %%\nw = 2\n# %%\nw = nobody\n# %%\nw\n"
    assert told(run_program(source)) == ["NameError: name 'nobody' is not defined", "2"]


def test_without_cells_an_error_is_the_end() -> None:
    recording = run_program("print(1)\nnobody\nprint(2)\n")
    assert told(recording) == ["1", "NameError: name 'nobody' is not defined"]
    assert recording.failed_last


def test_exit_and_limits_end_all_cells() -> None:
    assert told(run_program("# %%\nprint(1)\nexit()\n# %%\nprint(2)\n")) == ["1"]
    recording = run_program(
        "# %%\ntry:\n    exit()\nexcept BaseException:\n    raise KeyboardInterrupt\n# %%\nprint(2)\n"
    )
    assert told(recording) == ["KeyboardInterrupt: "]


def test_a_cell_knows_the_names_it_reads_and_makes() -> None:
    source = """\
# %%
import torch
from math import pi as p
# %%
def f(x):
    y = x * p
    return [y * k for k in q]
z = z + f(1)
"""
    first, second = compile_program(source)
    assert (set(first.reads), set(first.makes)) == (set(), {"torch", "p"})
    assert (set(second.reads), set(second.makes)) == ({"p", "q"}, {"f", "z"})


def test_a_chart_that_a_cell_drew_is_shown_at_its_end() -> None:
    source = "import matplotlib.pyplot as plt\n# %%\nplt.plot([1, 2])\n# %%\nplt.plot([2, 1])\n"
    assert len(run_program(source).charts) == 2
