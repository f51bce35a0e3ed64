"""Limits end a run clearly, keep what was recorded, and leave a worker that works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.visgrad.worker_runs import Runner, last_line, printed
from visgrad.worker.protocol import Limits

SMALL = Limits(seconds=20.0, memory=256, steps=2000, printed=1)


@pytest.fixture
def runner() -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.close()


def _ends(runner: Runner, source: str, limits: Limits = SMALL) -> tuple[str, str, str]:
    """The kind and message of the outcome, and the error's last line; the worker runs on."""
    recording = runner.run(f"import torch\nfirst = torch.ones(2)\n{source}", limits)
    assert recording.outcome is not None
    assert recording.operations[0].op == "ones", "what was recorded before is kept"
    assert printed(runner.run("print('alive')")) == "alive\n"
    return recording.outcome.kind, recording.outcome.message, last_line(recording)


MEMORY = "The program asked for more memory than its limit of 256 MiB."


@pytest.mark.parametrize(
    "source",
    [
        "list(range(10**12))",
        "'x' * 10**12",
        "[0] * 10**12",
        "bytearray(10**12)",
        "x = []\nwhile True: x.append(bytes(10**6))",
        "x = 'a'\nwhile True: x += x",
        "import numpy as np\nnp.zeros((10**5, 10**6))",
        "import numpy as np\nx = np.ones(10**6)\nxs = []\nwhile True: xs.append(x * 2)",
        "dict.fromkeys(range(10**10))",
        "class A: pass\na = None\nwhile True:\n    b = A()\n    b.prev = a\n    a = b",
    ],
)
def test_memory_ends_with_a_sentence(source: str, runner: Runner) -> None:
    kind, message, error = _ends(runner, source)
    assert (kind, message) == ("limit", MEMORY)
    assert "MemoryError" in error


def test_a_tensor_that_is_too_large_is_refused_before_it_is_made(runner: Runner) -> None:
    kind, _, error = _ends(runner, "torch.zeros(10**6, 10**6)")
    assert kind in ("limit", "error")
    assert "Error" in error


def test_an_enormous_integer_is_refused_at_once(runner: Runner) -> None:
    for source in ("9**9**9", "n = 10**9\n7**n", "1 << 10**12", "pow(3, 10**10)", "import math\nmath.factorial(10**9)"):
        kind, _, error = _ends(runner, source)
        assert kind == "error"
        assert error.startswith("OverflowError: ")


def test_printed_text_is_bounded_and_the_cut_is_shown(runner: Runner) -> None:
    recording = runner.run("while True: print('flood ' * 100)", SMALL)
    assert recording.outcome is not None
    assert recording.outcome.message == "Stopped after printing 1 MiB, the limit of a run."
    assert printed(recording).endswith("the rest is not shown\n")
    assert len(printed(recording)) < (1 << 20) + 200


def test_one_enormous_print_is_cut(runner: Runner) -> None:
    recording = runner.run("print('x' * 50_000_000)", SMALL)
    assert recording.outcome is not None
    assert recording.outcome.kind == "limit"
    assert len(printed(recording)) < (1 << 20) + 200


def test_wall_time_is_bounded_also_for_one_that_swallows_and_sleeps(runner: Runner) -> None:
    quick = Limits(seconds=0.3)
    for source in (
        "while True: pass",
        "import time\ntime.sleep(100)",
        "while True:\n    try: pass\n    except BaseException: pass",
        "def f(): yield from f()\nwhile True:\n    try: list(f())\n    except RecursionError: pass",
    ):
        recording = runner.run(source, quick)
        assert recording.outcome is not None
        assert recording.outcome.message == "Stopped after 0.3 seconds, the time limit of a run."


def test_recursion_is_an_ordinary_error(runner: Runner) -> None:
    kind, _, error = _ends(runner, "def f(n): return f(n + 1)\nf(0)")
    assert kind == "error"
    assert error == "RecursionError: maximum recursion depth exceeded"
    kind, _, error = _ends(runner, "class A:\n    def __repr__(self): return repr(self)\nrepr(A())")
    assert error.startswith("RecursionError")
    kind, _, error = _ends(runner, "x = []\nfor _ in range(100000): x = [x]\nprint(x)")
    assert error.startswith("RecursionError")


def test_a_deeply_nested_value_can_be_thrown_away(runner: Runner) -> None:
    assert _ends(runner, "x = ()\nfor _ in range(100000): x = (x,)\ndel x")[0] == "done"


def test_a_program_that_exits_is_done(runner: Runner) -> None:
    for source in ("exit()", "quit(1)", "raise SystemExit"):
        assert _ends(runner, source)[0] == "done"


def test_a_raised_keyboard_interrupt_is_an_error_of_the_programs(runner: Runner) -> None:
    assert _ends(runner, "raise KeyboardInterrupt")[2] == "KeyboardInterrupt: "
