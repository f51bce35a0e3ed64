"""Displays made by hand, for tests of what paints them."""

from __future__ import annotations

import numpy as np

from visgrad.picture.display import Align, Bar, Cards, Content, Display, Edges, Image, Shape, State, Text
from visgrad.picture.roles import role

WIDTH, HEIGHT = 132.0, 66.0


def card_content(card: int, title: str, value: str, gradient: str = "", name: str = "") -> Content:
    """A card as the pictures have it: a name, what was called, a value, a gradient."""
    texts = [
        Text(14, 22, 13, role("text"), title, bold=True),
        Text(WIDTH - 14, 22, 11, role("text_dim"), name, align=Align.RIGHT),
        Text(14, 40, 12, role("text"), value),
    ]
    if gradient:
        texts.append(Text(14, 57, 12, role("gradient"), gradient))
    return Content((card, title, value, gradient, name), tuple(texts))


def lesson_display(gradient: bool = True, active: int | None = None) -> Display:
    """`w = 2; y = w**2; t = 10*y; z = t + 25`, with the gradients of the backward pass."""
    rect = np.array([[k * 210.0, 40.0 * (k % 2), WIDTH, HEIGHT] for k in range(4)])
    rows = [
        ("w", "2.", "grad 40.", "leaf", Shape.PILL, "leaf_fill", "leaf"),
        ("y", "4.", "grad 10.", "w**2", Shape.ROUNDED, "card", "operation"),
        ("mul", "40.", "grad 1.", "10*y", Shape.ROUNDED, "card", "operation"),
        ("z", "65.", "grad 1.", "+ 25", Shape.ROUNDED, "output_fill", "output"),
    ]
    contents = [card_content(k, r[0], r[1], r[2] if gradient else "", r[3]) for k, r in enumerate(rows)]
    state = np.zeros(4, dtype=np.uint8)
    if active is not None:
        state[active] = State.ACTIVE
    cards = Cards(
        rect,
        np.array([r[4] for r in rows], dtype=np.uint8),
        np.array([role(r[5]) for r in rows], dtype=np.uint8),
        np.array([role(r[6]) if r[6] != "operation" else role("card_line") for r in rows], dtype=np.uint8),
        np.array([role(r[6]) for r in rows], dtype=np.uint8),
        state,
        np.arange(4, dtype=np.int32),
        tuple(r[0] for r in rows),
    )
    lines = [between(rect[k], rect[k + 1], 0.0) for k in range(3)]
    kinds = [("edge", 1.5, 0, k, k + 1) for k in range(3)]
    if gradient:
        lines += [between(rect[k], rect[k + 1], 22.0)[::-1] for k in range(3)]
        kinds += [("gradient_edge", 1.5, 1, k + 1, k) for k in range(3)]
    edges = edges_of(lines, kinds)
    if active is not None and gradient:
        edges.state[3 + max(active - 1, 0)] = State.ACTIVE
    return Display((0.0, 0.0, 3 * 210 + WIDTH, 106.0), cards, edges, lambda card: contents[card])


def between(first: np.ndarray, last: np.ndarray, lower: float) -> np.ndarray:
    """A step-shaped line from the right side of one card to the left side of another."""
    x0, y0 = first[0] + first[2], first[1] + first[3] / 2 + lower / 2
    x1, y1 = last[0], last[1] + last[3] / 2 + lower / 2
    middle = (x0 + x1) / 2 + lower / 2
    return np.array([[x0, y0], [middle, y0], [middle, y1], [x1, y1]])


def edges_of(lines: list[np.ndarray], kinds: list[tuple[str, float, int, int, int]]) -> Edges:
    """Edges through these lines, of these (role, width, dashed, source, target)."""
    count = len(lines)
    start = np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int32)
    return Edges(
        np.concatenate(lines) if lines else np.zeros((0, 2)),
        start,
        np.array([role(k[0]) for k in kinds], dtype=np.uint8),
        np.zeros(count, dtype=np.uint8),
        np.array([k[1] for k in kinds]),
        np.array([k[2] for k in kinds], dtype=np.uint8),
        np.array([k[3] for k in kinds], dtype=np.int32),
        np.array([k[4] for k in kinds], dtype=np.int32),
        np.zeros(count, dtype=np.int32),
    )


def zoo_display() -> Display:
    """Every shape in every state, with a heat map on each card."""
    shapes, states = list(Shape), [State.NONE, *(s for s in State if s)]
    fills = [
        "card",
        "leaf_fill",
        "parameter_fill",
        "constant_fill",
        "card",
        "card",
        "no_grad_fill",
        "group_fill",
        "leaf_fill",
    ]
    lines = ["card_line", "leaf", "parameter", "constant", "in_place", "view", "no_grad", "card_line", "leaf"]
    rect = np.array([[c * 190.0, r * 110.0, WIDTH, HEIGHT] for r in range(len(states)) for c in range(len(shapes))])
    generator = np.random.default_rng(1)
    values = generator.normal(size=(2, 3)).astype(np.float32)
    values[0, 0] = np.nan

    def content(card: int) -> Content:
        shape, state = shapes[card % len(shapes)], states[card // len(shapes)]
        text = Text(14, 20, 12, role("text"), shape.name.lower(), bold=True)
        image = Image(14, 28, 80, 28, values, 2.0, figures=card % 2 == 0)
        bar = Bar(100, 30, 3, 24, role("gradient"))
        label = Text(WIDTH - 10, 20, 10.5, role("text_dim"), (state.name or "none").lower(), align=Align.RIGHT)
        return Content((card,), (text, label), (image,), (bar,))

    count = len(rect)
    cards = Cards(
        rect,
        np.array([shapes[k % len(shapes)] for k in range(count)], dtype=np.uint8),
        np.array([role(fills[k % len(shapes)]) for k in range(count)], dtype=np.uint8),
        np.array([role(lines[k % len(shapes)]) for k in range(count)], dtype=np.uint8),
        np.array([role(lines[k % len(shapes)]) for k in range(count)], dtype=np.uint8),
        np.array([int(states[k // len(shapes)]) for k in range(count)], dtype=np.uint8),
        np.arange(count, dtype=np.int32),
        tuple(shapes[k % len(shapes)].name.lower() for k in range(count)),
    )
    pairs = [k for k in range(count) if k % len(shapes) + 1 < len(shapes)]
    lines_ = [between(rect[k], rect[k + 1], 0.0) for k in pairs]
    edges = edges_of(lines_, [("gradient_edge" if k % 2 else "edge", 1.5, k % 2, k, k + 1) for k in pairs])
    for index, k in enumerate(pairs):
        edges.state[index] = int(states[k // len(shapes)])
    right, bottom = (rect[:, :2] + rect[:, 2:]).max(axis=0).tolist()
    return Display((0.0, 0.0, right, bottom), cards, edges, content)


def grid_display(count: int) -> Display:
    """A graph of `count` nodes in columns, two edges into each node."""
    rows = max(1, int(count**0.5 / 1.5))
    k = np.arange(count)
    rect = np.stack([k // rows * 220.0, k % rows * 100.0, np.full(count, WIDTH), np.full(count, HEIGHT)], axis=1)
    generator = np.random.default_rng(0)
    target = np.repeat(np.arange(rows, count), 2)
    back = generator.integers(1, rows + 1, len(target))
    source = np.maximum(target - back, 0)
    x0, y0 = rect[source, 0] + WIDTH, rect[source, 1] + HEIGHT / 2
    x1, y1 = rect[target, 0], rect[target, 1] + HEIGHT / 2
    middle = (x0 + x1) / 2
    points = np.stack([x0, y0, middle, y0, middle, y1, x1, y1], axis=1).reshape(-1, 2)
    names = ("leaf", "operation", "parameter", "output", "view")
    accent = np.array([role(names[i % 5]) for i in range(count)], dtype=np.uint8)
    edge_count = len(target)
    edges = Edges(
        points,
        (np.arange(edge_count + 1) * 4).astype(np.int32),
        np.full(edge_count, role("edge"), dtype=np.uint8),
        np.zeros(edge_count, dtype=np.uint8),
        np.full(edge_count, 1.5),
        np.zeros(edge_count, dtype=np.uint8),
        source.astype(np.int32),
        target.astype(np.int32),
        np.zeros(edge_count, dtype=np.int32),
    )
    cards = Cards(
        rect,
        np.zeros(count, dtype=np.uint8),
        np.full(count, role("card"), dtype=np.uint8),
        np.full(count, role("card_line"), dtype=np.uint8),
        accent,
        np.zeros(count, dtype=np.uint8),
        np.arange(count, dtype=np.int32),
        tuple(("add", "mul", "tanh", "mm", "sum")[i % 5] for i in range(count)),
    )
    right, bottom = (rect[:, :2] + rect[:, 2:]).max(axis=0).tolist()
    return Display(
        (0.0, 0.0, right, bottom),
        cards,
        edges,
        lambda card: card_content(card, f"v{card}", f"{card / 7:.4g}", "grad 1.", "mul"),
    )
