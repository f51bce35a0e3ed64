"""Which cards a picture has and which edges join them: arrays of integers, no geometry.

One node is one operation together with its results; a tensor the program made itself is an operation without inputs.
Rows are in the order the operations ran (portals, added by `portals`, follow at the end), so a graph grows by
appending.  Where nodes are placed is `layout`'s, what stands on them is `cards`'s.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Bytes, Ints
from visgrad.picture.options import ViewOptions
from visgrad.recording.model import Operation
from visgrad.recording.recording import Recording


@dataclass(frozen=True, eq=False)
class Graph:
    """`nodes` (n,): operation ids.  `portal` (n,): 1 where a row stands in for a leaf drawn elsewhere.

    Edge k leads from row `source[k]`, its result `output[k]`, to row `target[k]`, its argument `slot[k]`; edges are
    sorted by target and slot, repeats kept.  `port`, of `ports`: the place of the edge among the arguments shown.
    """

    nodes: Ints
    portal: Bytes
    source: Ints
    output: Ints
    target: Ints
    slot: Ints
    port: Ints
    ports: Ints

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.nodes)

    def rows(self, count: int) -> Ints:
        """(count,): the row of each operation, -1 where it is not shown; a leaf's own row, not its portals'."""
        rows = np.full(count, -1, np.int32)
        own = np.flatnonzero(self.portal == 0).astype(np.int32)
        rows[self.nodes[own]] = own
        return rows

    def order(self) -> NDArray[np.intp]:
        """(n,): rows in an order in which every edge leads forward."""
        time = np.arange(self.size, dtype=np.float64)
        if self.portal.any():
            first = np.full(self.size, np.inf)
            np.minimum.at(first, self.source, time[self.target] - 0.5)
            time = np.where(self.portal == 1, first, time)
        return np.argsort(time, kind="stable")


class GraphBuilder:
    """Reads a recording's operations once each; `grow` after more have come."""

    def __init__(self, recording: Recording, options: ViewOptions) -> None:
        self._recording = recording
        self._constants = options.constants
        self._read = 0
        self._row: list[int] = []
        self._nodes = array("i")
        self._edges = array("i")
        self._graph: Graph | None = None

    def grow(self) -> Graph:
        """The graph of all operations there are now."""
        operations = self._recording.operations
        if self._graph is not None and self._read == len(operations):
            return self._graph
        for operation in operations[self._read :]:
            self._add(operation)
        self._read = len(operations)
        columns = np.array(self._edges, np.int32).reshape(-1, 6).T
        source, output, target, slot, port, ports = (np.ascontiguousarray(column) for column in columns)
        nodes = np.array(self._nodes, np.int32)
        self._graph = Graph(nodes, np.zeros(len(nodes), np.uint8), source, output, target, slot, port, ports)
        return self._graph

    def _add(self, operation: Operation) -> None:
        if not self._constants and self._hidden(operation):
            self._row.append(-1)
            return
        row = len(self._nodes)
        self._row.append(row)
        self._nodes.append(operation.id)
        recording = self._recording
        producer, slots, rows = recording.producer, recording.slot, self._row
        arguments = [
            (rows[producer[value]], slots[value], slot)
            for slot, value in enumerate(operation.inputs)
            if rows[producer[value]] >= 0
        ]
        count = len(arguments)
        for port, (source, out, slot) in enumerate(arguments):
            self._edges.extend((source, out, row, slot, port, count))

    @staticmethod
    def _hidden(operation: Operation) -> bool:
        return not operation.inputs and all(output.role == "constant" for output in operation.outputs)


def build(recording: Recording, options: ViewOptions) -> Graph:
    """The graph of a whole recording."""
    return GraphBuilder(recording, options).grow()
