"""What leads where in a picture's graph: what a node depends on, what depends on it, and the ways between two nodes.

Nodes are the ids on the cards (`Graph.nodes`), so that a leaf and its portals are one.
"""

from __future__ import annotations

from visgrad.picture.graph import Graph


class Reach:
    """`inputs[node]`, `users[node]`: its neighbours, in the order of arguments and of time, without repeats."""

    def __init__(self, graph: Graph) -> None:
        nodes = graph.nodes
        self.inputs: dict[int, list[int]] = {}
        self.users: dict[int, list[int]] = {}
        pairs = zip(nodes[graph.source].tolist(), nodes[graph.target].tolist(), strict=True)
        for source, target in dict.fromkeys(pairs):
            self.inputs.setdefault(target, []).append(source)
            self.users.setdefault(source, []).append(target)

    def above(self, node: int) -> set[int]:
        """A node and all that it depends on."""
        return _reached(node, self.inputs)

    def below(self, node: int) -> set[int]:
        """A node and all that depends on it."""
        return _reached(node, self.users)

    def between(self, first: int, last: int) -> set[int]:
        """The nodes on the ways from one node to the other, whichever comes first; empty where there is no way."""
        found = self.below(first) & self.above(last)
        return found or self.above(first) & self.below(last)


def _reached(node: int, neighbours: dict[int, list[int]]) -> set[int]:
    found, waiting = {node}, [node]
    while waiting:
        for other in neighbours.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
