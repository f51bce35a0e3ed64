"""What leads where in a picture's graph, groups and stand-ins included."""

from __future__ import annotations

from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.picture.reach import Reach
from visgrad.worker.client import run_program

DIAMOND = "import torch\nw = torch.tensor(2.0)\na = w * 3\nb = w + 1\nc = a * b\nd = c.exp()\ne = torch.tensor(1.0)\n"
LOOP = "import torch\nw = torch.ones(2)\nx = w\nfor i in range(30):\n    x = (x * w).tanh()\ny = x.sum()\n"


def picture(program: str, detail: float = 1.0) -> Picture:
    return Picture(run_program(program), ViewOptions(detail=detail))


def test_what_a_node_depends_on_and_what_depends_on_it_include_the_node() -> None:
    reach = Reach(picture(DIAMOND).graph)
    w, a, b, c, d, e = range(6)
    assert reach.above(c) == {w, a, b, c}
    assert reach.below(a) == {a, c, d}
    assert reach.above(e) == reach.below(e) == {e}
    assert reach.users[w] == [a, b]
    assert reach.inputs[c] == [a, b]


def test_the_way_between_two_nodes_is_the_same_from_either_end() -> None:
    reach = Reach(picture(DIAMOND).graph)
    w, a, b, c, d, e = range(6)
    assert reach.between(w, d) == reach.between(d, w) == {w, a, b, c, d}
    assert reach.between(a, d) == {a, c, d}
    assert reach.between(a, b) == set()
    assert reach.between(a, e) == set()


def test_a_leaf_and_its_stand_ins_are_one_and_groups_are_passed_through() -> None:
    whole = picture(LOOP)
    assert whole.graph.portal.any(), "w is used often enough to be drawn more than once"
    reach = Reach(whole.graph)
    last = whole.graph.nodes.max()
    assert reach.above(int(last)) == set(whole.graph.nodes.tolist())
    folded = picture(LOOP, 0.0)
    assert (folded.graph.nodes < 0).any()
    assert Reach(folded.graph).between(0, int(last)) == set(folded.graph.nodes.tolist())
