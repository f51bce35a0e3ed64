"""Colour roles: the one list of names that themes fill and every painter reads by index.

A theme is a TOML file in `assets/themes` with a `[colours]` table that gives each role a `#rrggbb` or `#rrggbbaa`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from visgrad.resources import asset, assets

ROLES: tuple[str, ...] = (
    # the window
    "window", "panel", "raised", "field", "border", "hover", "pressed", "focus",
    "text", "text_dim", "text_faint", "text_on_accent", "accent", "selection", "link",
    "success", "warning", "error", "error_field", "current_line",
    # the canvas
    "canvas", "grid", "card", "card_line", "card_active",
    "leaf", "parameter", "constant", "operation", "output", "no_grad", "view", "in_place", "order1", "order2",
    "leaf_fill", "parameter_fill", "constant_fill", "output_fill", "no_grad_fill", "group_fill",
    "edge", "edge_active", "gradient", "gradient_fill", "gradient_edge", "ghost", "shadow",
    # numbers as colours: both maps run from negative over zero to positive
    "value_low", "value_zero", "value_high", "gradient_low", "gradient_zero", "gradient_high", "nan",
    # program text
    "code_keyword", "code_string", "code_number", "code_comment", "code_name", "code_builtin", "code_decorator",
)  # fmt: skip

INDEX: dict[str, int] = {name: index for index, name in enumerate(ROLES)}


def role(name: str) -> int:
    """The index of a role; KeyError if there is none of that name."""
    return INDEX[name]


@dataclass(frozen=True)
class Theme:
    """A named set of colours, one per role, as `#rrggbb` or `#rrggbbaa`; `dark` says which family it is of."""

    name: str
    dark: bool
    colours: tuple[str, ...]

    def __getitem__(self, name: str) -> str:
        return self.colours[INDEX[name]]


@cache
def theme(name: str) -> Theme:
    """The theme of that name; ValueError names a missing or unknown role, FileNotFoundError a missing theme."""
    table = tomllib.loads(asset(f"themes/{name}.toml").read_text("utf-8"))
    colours: dict[str, str] = table["colours"]
    wrong = sorted(set(ROLES) ^ set(colours))
    if wrong:
        raise ValueError(f"theme {name}: missing or unknown roles: {', '.join(wrong)}")
    return Theme(name, bool(table["dark"]), tuple(colours[r] for r in ROLES))


def theme_names() -> Iterator[str]:
    """The names of all themes there are, sorted."""
    return iter(sorted(path.stem for path in assets().joinpath("themes").glob("*.toml")))
