"""PyTorch's own graph of a result as DOT text: by torchviz where it is installed, else the same drawing made here.

torchviz walks `grad_fn.next_functions` from the root: a box for every node, an `AccumulateGrad` box before every leaf,
a leaf's name and shape on a box of its own.  Ours writes the same boxes, but does not recurse, so deep graphs work too.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

BY = "torchviz" if find_spec("torchviz") else "a drawing like torchviz's"


def to_dot(root: Any) -> str:
    """The DOT text of the graph that leads to a tensor of torch's."""
    if find_spec("torchviz"):
        from torchviz import make_dot

        return str(make_dot(root).source)
    return _dot(root)


def _dot(root: Any) -> str:
    lines = [
        'digraph { graph [size="12,12"]',
        "node [align=left fontname=monospace fontsize=10 height=0.2 ranksep=0.1 shape=box style=filled]",
        f'{id(root)} [label="\\n {tuple(root.shape)}" fillcolor=darkolivegreen1]',
        f"{id(root.grad_fn)} -> {id(root)}",
    ]
    seen, waiting = {root.grad_fn}, [root.grad_fn]
    while waiting:
        node = waiting.pop()
        lines.append(f'{id(node)} [label="{type(node).__name__}"]')
        if hasattr(node, "variable"):
            leaf = node.variable
            lines.append(f'{id(leaf)} [label="\\n {tuple(leaf.shape)}" fillcolor=lightblue]')
            lines.append(f"{id(leaf)} -> {id(node)}")
        for before, _ in node.next_functions:
            if before is None:
                continue
            lines.append(f"{id(before)} -> {id(node)}")
            if before not in seen:
                seen.add(before)
                waiting.append(before)
    return "\n".join([*lines, "}"])
