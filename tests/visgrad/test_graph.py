"""Which cards and edges a picture has."""

from __future__ import annotations

import numpy as np
import pytest

from tests.visgrad.programs import PROGRAMS, in_place_and_view, perceptron, recurrent, square
from tests.visgrad.sketch import Sketch
from visgrad.picture.graph import GraphBuilder, build
from visgrad.picture.options import ViewOptions
from visgrad.picture.portals import with_portals
from visgrad.recording.recording import Recording


def test_a_tensor_used_twice_by_one_operation_has_two_edges() -> None:
    graph = build(square(), ViewOptions())
    assert graph.source.tolist() == [0, 0]
    assert graph.target.tolist() == [1, 1]
    assert graph.slot.tolist() == [0, 1]


def test_edges_are_in_the_order_of_the_arguments() -> None:
    s = Sketch()
    a, b = s.leaf("a", 1.0), s.leaf("b", 2.0)
    s.op("sub", b, a)
    graph = build(s.recording(), ViewOptions())
    assert graph.source.tolist() == [b, a]
    assert graph.port.tolist() == [0, 1]


def test_constants_can_be_hidden_and_the_remaining_arguments_close_up() -> None:
    recording = perceptron()
    shown, hidden = build(recording, ViewOptions()), build(recording, ViewOptions(constants=False))
    names = [recording.names[recording.operations[node].outputs[0].value][0][1] for node in (0, 10)]
    assert names == ["x", "target"]
    assert sorted(set(shown.nodes.tolist()) - set(hidden.nodes.tolist())) == [0, 10]
    product = next(o.id for o in recording.operations if o.op == "mm")
    first = np.flatnonzero(hidden.nodes[hidden.target] == product)
    assert hidden.slot[first].tolist() == [1]
    assert hidden.port[first].tolist() == [0]
    assert hidden.ports[first].tolist() == [1]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_graph_that_grew_step_by_step_is_the_graph_of_the_whole(name: str) -> None:
    whole = PROGRAMS[name]()
    growing = Recording()
    builder = GraphBuilder(growing, ViewOptions())
    for step in whole.steps:
        growing.extend([step])
        grown = builder.grow()
    graph = build(whole, ViewOptions())
    for column in ("nodes", "source", "output", "target", "slot", "port", "ports"):
        assert getattr(grown, column).tolist() == getattr(graph, column).tolist()


def test_what_an_operation_writes_in_place_follows_from_what_was_there() -> None:
    recording = in_place_and_view()
    graph = build(recording, ViewOptions())
    written = next(o.id for o in recording.operations if o.in_place)
    sources = graph.nodes[graph.source[graph.nodes[graph.target] == written]]
    assert [recording.operations[s].op for s in sources] == ["view", "scale"]


def test_shallow_graphs_have_no_portals() -> None:
    graph = build(recurrent(3), ViewOptions())
    assert with_portals(graph) is graph


def test_weights_of_a_deep_recurrent_network_get_portals_near_their_uses() -> None:
    recording = recurrent(20)
    graph = build(recording, ViewOptions())
    ported = with_portals(graph)
    assert ported.size > graph.size
    assert ported.target.tolist() == graph.target.tolist()
    assert ported.nodes[ported.source].tolist() == graph.nodes[graph.source].tolist()
    leaves = {recording.names[v][0][1] for v in set(ported.nodes[ported.portal == 1].tolist())}
    assert leaves == {"U", "W", "b"}


def test_the_order_of_rows_has_every_edge_lead_forward() -> None:
    graph = with_portals(build(recurrent(20), ViewOptions()))
    place = np.empty(graph.size, int)
    place[graph.order()] = np.arange(graph.size)
    assert (place[graph.source] < place[graph.target]).all()
