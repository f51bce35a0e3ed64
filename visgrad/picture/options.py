"""How a picture is asked for: the view options that the window, the command line and scripts share."""

from __future__ import annotations

from dataclasses import dataclass

COLOURS = ("role", "value", "gradient", "time", "memory", "device", "dtype")
"""What cards can be coloured by; "role": by what kind of node they are."""


@dataclass(frozen=True)
class ViewOptions:
    """`direction`: "right" or "down", the way data flows.  `detail`: 0…1, how much is unfolded, None: as much as is
    legible; `unfolded`, `folded`: groups that are open, or closed, whatever the detail.
    `values`, `gradients`: show them on the cards.  `constants`: show tensors that need no grad and feed an operation.
    `ghosts`: show what has not run yet, faintly.  `backward`: show gradient edges once they have flowed.
    `same_scale`: the heat maps of a value and its gradient share one scale and one set of colours, so that they can be
    compared.  `colour`: what cards are coloured by, one of `COLOURS`.
    `language`: of the few words on cards, as `assets/translations` has it."""

    direction: str = "right"
    detail: float | None = None
    unfolded: tuple[int, ...] = ()
    folded: tuple[int, ...] = ()
    values: bool = True
    gradients: bool = True
    constants: bool = True
    ghosts: bool = False
    backward: bool = True
    same_scale: bool = False
    colour: str = "role"
    language: str = "en"
