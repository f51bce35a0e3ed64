"""What pictures know of a recording is the same whether it is read at once or as it comes."""

from __future__ import annotations

import numpy as np

from tests.visgrad.programs import PROGRAMS
from visgrad.picture.facts import NEVER, Facts, facts_of
from visgrad.picture.naming import Naming
from visgrad.picture.options import ViewOptions
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program

PROBLEMS = """\
import torch
a = torch.tensor([1.0, 0.0], requires_grad=True)
b = a.log()
loss = b.sum()
loss.backward()
with torch.no_grad():
    a.mul_(2)
big = torch.zeros(40, 40)
big[3, 4] = float("nan")
"""


def test_reading_step_by_step_gives_the_facts_of_the_whole() -> None:
    for make in PROGRAMS.values():
        whole = make()
        growing = Recording(whole.source)
        facts = Facts(growing)
        for step in whole.steps:
            growing.extend([step])
            facts.grow()
        known = Facts(whole).grow()
        graph, other = facts.graph(ViewOptions()), known.graph(ViewOptions())
        assert facts.made.tolist() == list(whole.made)
        np.testing.assert_array_equal(graph.source, other.source)
        np.testing.assert_array_equal(facts.bad, known.bad)
        np.testing.assert_array_equal(
            facts.flowed(graph.nodes[graph.target], graph.slot), known.flowed(other.nodes[other.target], other.slot)
        )
        assert facts.figures()[1] == known.figures()[1]


def test_steps_at_which_numbers_stop_being_finite_are_known() -> None:
    recording = run_program(PROBLEMS)
    facts = facts_of(recording)
    wrong = [recording.operations[row].op for row in np.flatnonzero(facts.problem != NEVER).tolist()]
    assert wrong[:1] == ["log"], "an infinity where it arises, not where it is handed on"
    assert facts.problem[1] == recording.made[1]
    assert np.flatnonzero(facts.bad != NEVER).tolist() == [0], "the gradient of log at 0"


def test_a_gradient_flows_along_an_edge_when_it_first_comes() -> None:
    recording = run_program("import torch\nx = torch.tensor(3., requires_grad=True)\ny = x * x\ny.backward()\n")
    first = {(c.source, c.slot): step for step, c in recording.contributions[0]}
    facts = facts_of(recording)
    found = facts.flowed(np.array([1, 1], np.int32), np.array([0, 1], np.int32)).tolist()
    assert found == [first[1, 0], first[1, 1]]


def test_a_tensor_keeps_its_name_through_writes() -> None:
    recording = run_program("import torch\na = torch.ones(2)\na.mul_(2)\na.add_(1)\nb = a * 1\n")
    frame, naming = recording.frame(len(recording.stops)), Naming(recording)
    assert [naming.name(frame, operation) for operation in recording.operations] == ["a", "a", "a", "b"]
