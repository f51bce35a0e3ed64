"""The worker: what is asked of it happens, whatever becomes of the program or the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import psutil
import pytest

from tests.visgrad.worker_runs import Runner, last_line, printed
from visgrad.recording.model import Operation, Print
from visgrad.worker.client import Worker, run_program
from visgrad.worker.protocol import Array, Finished, Limits, Message, Ready, Steps

LESSON = """import torch
w = torch.tensor(2.0, requires_grad=True)
y = w**2
z = 10*y + 25
z.backward()
w.grad
"""


@pytest.fixture
def runner() -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.close()


def test_a_run_sends_its_steps_and_ends_done(runner: Runner) -> None:
    recording = runner.run(LESSON)
    assert recording.outcome is not None
    assert recording.outcome.kind == "done"
    assert [operation.call for operation in recording.operations[1:]] == ["w**2", "10*y", "10*y + 25"]
    assert [names[-1][1] for names in recording.names.values()] == ["w", "y", "z"]
    assert printed(recording) == "tensor(40.)\n"


def test_runs_know_nothing_of_each_other(runner: Runner) -> None:
    runner.run("import torch\ntorch.set_printoptions(precision=1)\ntorch.set_grad_enabled(False)\nleft = 1")
    recording = runner.run(
        "import torch\nprint(torch.is_grad_enabled(), torch.tensor(0.12345))\nprint('left' in globals())\nleft"
    )
    assert printed(recording) == "True tensor(0.1235)\nFalse\n"
    assert last_line(recording) == "NameError: name 'left' is not defined"


def test_stop_ends_an_endless_loop(runner: Runner) -> None:
    number = runner.start("print('begun')\nwhile True: pass")
    runner.wait_for(Steps)
    runner.worker.stop()
    recording = runner.finish(number)
    assert recording.outcome is not None
    assert recording.outcome.kind == "stopped"


def test_stop_ends_a_loop_of_operations_between_two_of_them(runner: Runner) -> None:
    number = runner.start("import torch\nx = torch.zeros(3)\nwhile True:\n    x = x + 1\n    x = x * 0.5")
    first = runner.wait_for(Steps)
    assert isinstance(first, Steps)
    pid = runner.worker.pid
    runner.worker.stop()
    while not isinstance(runner.queue.get(timeout=30), Finished):
        pass
    assert runner.worker.pid == pid, "the program was ended, not the worker"
    assert runner.run(LESSON).outcome is not None
    assert number


@pytest.mark.parametrize(
    "program",
    [
        "print(1)\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "print(1)\nwhile True:\n    try:\n        while True: pass\n    except: continue",
        "print(1)\nwhile True:\n    try:\n        while True: pass\n    finally:\n        while True: pass",
        "print(1)\nkinds = BaseException\ntry:\n    while True: pass\nexcept kinds:\n    while True: pass",
        "print(1)\ndef endless():\n    while True: yield 1\nsum(endless())",
        "print(1)\nimport itertools\nsum(itertools.count())",
        "print(1)\nimport time\ntime.sleep(1000)",
        "print(1)\nsum(range(10**12))",
        "print(1)\nclass A:\n    def __eq__(self, other):\n        while True: pass\nA() in [A()]",
    ],
)
def test_stop_ends_what_tries_to_go_on(program: str, runner: Runner) -> None:
    number = runner.start(program)
    runner.wait_for(Steps)
    runner.worker.stop()
    recording = runner.finish(number)
    assert recording.outcome is not None
    assert recording.outcome.kind == "stopped"
    assert runner.run("print(2)").outcome is not None


def test_a_killed_worker_ends_the_run_and_the_next_run_gets_a_new_one(runner: Runner) -> None:
    number = runner.start("print('begun')\nwhile True: pass")
    runner.wait_for(Steps)
    os.kill(runner.worker.pid, signal.SIGKILL)
    recording = runner.finish(number)
    assert recording.outcome is not None
    assert recording.outcome.kind == "died"
    assert "SIGKILL" in recording.outcome.message
    assert printed(runner.run("print(3)")) == "3\n"


def test_a_worker_that_dies_idle_is_replaced(runner: Runner) -> None:
    runner.run("print(1)")
    before = runner.worker.pid
    os.kill(before, signal.SIGKILL)
    runner.wait_for(Ready)
    assert runner.worker.pid not in (0, before)


def test_a_new_run_ends_the_one_under_way(runner: Runner) -> None:
    first = runner.start("print('begun')\nwhile True: pass")
    runner.wait_for(Steps)
    second = runner.worker.run("print('second')")
    stopped = runner.finish(first)
    assert stopped.outcome is not None
    assert stopped.outcome.kind == "stopped"
    assert printed(runner.finish(second)) == "second\n"


def test_a_large_value_is_fetched_whole(runner: Runner) -> None:
    recording = runner.run("import torch\nx = torch.arange(1000.)\ny = x * 2")
    value = recording.operations[-1].outputs[0].value
    request = runner.worker.fetch(value)
    answer = runner.wait_for(Array)
    assert isinstance(answer, Array)
    assert answer.request == request
    assert answer.shape == (1000,)
    assert np.array_equal(np.frombuffer(answer.data, answer.dtype), np.arange(1000, dtype=np.float32) * 2)


def test_a_value_that_there_is_not_is_answered_with_none(runner: Runner) -> None:
    runner.run("print(1)")
    runner.worker.fetch(99)
    answer = runner.wait_for(Array)
    assert isinstance(answer, Array)
    assert answer.shape is None


def test_steps_arrive_while_the_program_runs_and_all_of_them_in_order(runner: Runner) -> None:
    recording = runner.run("import torch\nx = torch.zeros(())\nfor i in range(20000): x = x + 1\nprint(x)")
    batches = [message for message in runner.messages if isinstance(message, Steps)]
    assert len(batches) > 3
    assert len(recording.operations) == 20001
    assert printed(recording) == "tensor(20000.)\n"


def test_a_slow_reader_holds_the_worker_up_and_loses_nothing() -> None:
    def slowly(message: Message) -> None:
        time.sleep(0.05)
        messages.append(message)

    messages: list[Message] = []
    worker = Worker(slowly)
    try:
        worker.run("for i in range(3000): print(i)")
        until = time.monotonic() + 60
        while not (messages and isinstance(messages[-1], Finished)) and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        worker.close()
    text = "".join(s.text for m in messages if isinstance(m, Steps) for s in m.steps if isinstance(s, Print))
    assert text == "".join(f"{i}\n" for i in range(3000))


def test_steps_before_a_long_silence_arrive_during_it(runner: Runner) -> None:
    number = runner.start("import torch, time\nx = torch.zeros(3)\ny = x + 1\ntime.sleep(1000)")
    seen: list[str] = []
    while seen != ["zeros", "add"]:
        message = runner.queue.get(timeout=30)
        if isinstance(message, Steps):
            seen += [step.op for step in message.steps if isinstance(step, Operation)]
    runner.worker.stop()
    runner.finish(number)


class Babbler(Worker):
    """A worker that says something that is no message."""

    def _command(self) -> list[str]:
        said = b"\x00\x00\x00\x04oops"
        return [sys.executable, "-c", f"import sys; sys.stdout.buffer.write({said!r}); sys.stdout.flush(); input()"]


def test_a_worker_that_talks_nonsense_is_given_up_with_a_sentence() -> None:
    messages: list[Message] = []
    reasons: list[str] = []
    worker = Babbler(messages.append, reasons.append)
    worker.run("print(1)")
    until = time.monotonic() + 30
    while not reasons and time.monotonic() < until:
        time.sleep(0.01)
    worker.close()
    assert "cannot be started" in reasons[0]
    assert [message.outcome.kind for message in messages if isinstance(message, Finished)] == ["died"]


def test_a_worker_dies_with_the_process_that_started_it() -> None:
    script = (
        "import time\nfrom visgrad.worker.client import Worker\n"
        "w = Worker(lambda m: print(w.pid, flush=True))\ntime.sleep(100)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    worker = psutil.Process(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    _, alive = psutil.wait_procs([worker], timeout=10)
    assert not alive


def test_a_worker_does_not_get_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    runner = Runner()
    runner.wait_for(Ready)
    environment = psutil.Process(runner.worker.pid).environ()
    runner.close()
    assert "SECRET_TOKEN" not in environment


def test_many_workers_leave_no_descriptor_behind() -> None:
    process = psutil.Process()
    run_program("print(1)")
    before = process.num_fds()
    for _ in range(3):
        run_program("print(1)")
    assert process.num_fds() == before


def test_run_program_waits_and_returns_the_recording() -> None:
    recording = run_program(LESSON, "lesson.py", Limits())
    assert recording.outcome is not None
    assert recording.outcome.kind == "done"
    assert recording.name == "lesson.py"
