"""What of a display is lit and what steps back: nodes that are looked for, and the edges between them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from visgrad.picture.display import Display, Ints, State
from visgrad.picture.draw import Picture
from visgrad.picture.roles import INDEX


def nodes_of(picture: Picture, operations: Collection[int]) -> Ints:
    """The nodes that stand for operations: themselves, or the groups they are folded into."""
    member = picture.folding.member
    wanted = np.array(sorted(operations), np.int64)
    rows = member[wanted[wanted < len(member)]]
    nodes: Ints = np.unique(picture.graph.nodes[rows[rows >= 0]])
    return nodes


def lit(display: Display, nodes: Ints, trail: bool = False) -> Display:
    """A display with these nodes lit, and all others dim.  `trail`: the data edges between them are lit, too."""
    cards, edges = display.cards, display.edges
    chosen = np.isin(cards.node, nodes)
    joined = np.isin(edges.source, nodes) & np.isin(edges.target, nodes)
    data = edges.role != INDEX["gradient_edge"]
    state = np.where(joined, edges.state, edges.state | State.DIM)
    if trail:
        state = np.where(joined & data, state | State.LIT, state)
    return replace(
        display,
        cards=replace(cards, state=(cards.state | np.where(chosen, State.LIT, State.DIM)).astype(np.uint8)),
        edges=replace(edges, state=state.astype(np.uint8)),
    )


def marked(display: Display, nodes: Ints) -> Display:
    """A display with the sign of a problem on these nodes."""
    cards = display.cards
    state = np.where(np.isin(cards.node, nodes), cards.state | State.MARKED, cards.state).astype(np.uint8)
    return replace(display, cards=replace(cards, state=state))
