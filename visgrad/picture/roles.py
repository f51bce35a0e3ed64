"""Colour roles: the one list of names that themes fill and every painter reads by index.

A theme is a TOML file in `assets/themes` with a `[colours]` table that gives each role a `#rrggbb` or `#rrggbbaa`,
and a `[scales]` table with the colours that scales run through.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from visgrad.resources import asset, assets

SHADES = 9
"""Steps of a scale of colours."""
KINDS = 8
"""Colours for words: so many can be told apart."""

NAMED: tuple[str, ...] = (
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

SCALES = {"shade": SHADES, "signed": SHADES, "kind": KINDS}
"""Roles `shade0` … from little to much, `signed0` … from negative over zero to positive, and `kind0` … for words; each
has a pale `…_fill` on which text can be read."""

ROLES: tuple[str, ...] = NAMED + tuple(
    f"{scale}{step}{end}" for scale, count in SCALES.items() for end in ("", "_fill") for step in range(count)
)

FILL = 0.28
"""So much of a scale's colour is in its fill, the rest is the card's."""

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
    wrong = sorted(set(NAMED) ^ set(colours))
    if wrong:
        raise ValueError(f"theme {name}: missing or unknown roles: {', '.join(wrong)}")
    for scale, count in SCALES.items():
        steps = _between(table["scales"][scale], count)
        colours |= {f"{scale}{step}": colour for step, colour in enumerate(steps)}
        colours |= {f"{scale}{step}_fill": _mixed(colours["card"], colour, FILL) for step, colour in enumerate(steps)}
    return Theme(name, bool(table["dark"]), tuple(colours[r] for r in ROLES))


def _between(given: list[str], count: int) -> list[str]:
    """So many colours, evenly from the first of the given ones to the last."""
    places = [step * (len(given) - 1) / (count - 1) for step in range(count)]
    return [_mixed(given[int(at)], given[min(int(at) + 1, len(given) - 1)], at % 1) for at in places]


def _mixed(first: str, last: str, share: float) -> str:
    """`share` (0…1) of the way from one `#rrggbb` to another."""
    pairs = [(int(first[at : at + 2], 16), int(last[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def theme_names() -> Iterator[str]:
    """The names of all themes there are, sorted."""
    return iter(sorted(path.stem for path in assets().joinpath("themes").glob("*.toml")))
