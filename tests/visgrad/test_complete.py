"""Which names are offered at a place of a program."""

from __future__ import annotations

import pytest

from visgrad.program.complete import offer, told

START = (
    "import torch\nimport numpy as np\nfrom torch import nn\nimport torch.nn.functional as F\n"
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.hidden = nn.Linear(2, 3)\n"
    "net = Net()\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nweight = torch.ones(2)\n"
)


def names(line: str) -> list[str]:
    """What is offered at the end of a line after the start of a program."""
    return [candidate.name for candidate in offer(START + line, len(START + line)).candidates]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("torch.ran", "randn"),
        ("nn.Lin", "Linear"),
        ("F.cross", "cross_entropy"),
        ("torch.nn.functional.rel", "relu"),
        ("np.lins", "linspace"),
        ("weight.back", "backward"),
        ("(weight * 2).su", "sum"),
        ("weight[0].it", "item"),
        ("opt.ze", "zero_grad"),
        ("net.par", "parameters"),
        ("self.hid", "hidden"),
        ("self.hidden.wei", "weight"),
        ("we", "weight"),
        ("pri", "print"),
        ("ret", "return"),
    ],
)
def test_the_name_that_is_being_typed_is_offered(line: str, offered: str) -> None:
    assert offered in names(line)


@pytest.mark.parametrize("line", ["x = 2.", "x = ", "zzzz", "weight.nothing_begins_so"])
def test_nothing_is_offered_where_nothing_fits(line: str) -> None:
    assert names(line) == []


def test_what_learners_ask_of_tensors_comes_first() -> None:
    assert set(names("weight.")[:5]) <= {"backward", "detach", "exp", "grad", "item", "mean", "numpy", "T", "t"}


def test_the_engines_own_parts_are_not_offered() -> None:
    offered = names("torch.")
    assert "signatures" not in offered
    assert {"nn", "optim"} <= set(names("torch.n") + names("torch.o"))


def test_a_word_that_is_complete_is_not_offered_again() -> None:
    assert "sum" not in names("weight.sum")


def test_an_operator_is_told_by_its_signature_formula_and_derivative() -> None:
    (found,) = [c for c in offer(START + "torch.sigmoi", len(START) + 12).candidates if c.name == "sigmoid"]
    lines = list(told(found))
    assert lines[0] == "sigmoid(input)"
    assert lines[1].startswith("= ")
    assert "∂/∂input" in lines[2]
    (method,) = [c for c in offer("x.backw", 7).candidates if c.name == "backward"]
    assert list(told(method)) == ["backward(gradient=None, retain_graph=None, create_graph=False, inputs=None)"]
