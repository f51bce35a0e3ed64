"""What may stand at a place of a program's text: the names a learner is about to type, and what they mean.

Owns the guesses, which come from the text alone and from torch's own lists: nothing is run.  A name before the point is
a module that the text imports, something the text makes with a class of torch's, or else a tensor.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import engine
from engine.registry import OPS
from visgrad.program.numpy_names import NUMPY
from visgrad.program.pyplot import Pyplot

MOST = 200
"""So many names are offered at most."""

MODULES = frozenset("nn optim autograd linalg fft special cuda utils distributions func functional init data".split())  # noqa: SIM905
"""The modules in modules that are torch's; others are our own parts."""

_PLACE = re.compile(r"(?:(?P<base>[^\W\d][\w.]*|[)\]])\.)?(?P<begun>[^\W\d]\w*)?$")
_IMPORT = re.compile(r"^\s*import\s+(?P<module>[\w.]+)(?:\s+as\s+(?P<alias>\w+))?", re.M)
_FROM = re.compile(r"^\s*from\s+(?P<module>[\w.]+)\s+import\s+(?P<names>[\w ,()]+)", re.M)
_WORD = re.compile(r"[^\W\d]\w*")
_TENSOR_FIRST = frozenset(
    "backward grad detach sum mean shape item requires_grad view reshape T t pow exp relu sigmoid numpy".split()  # noqa: SIM905
)


class Candidate(NamedTuple):
    """A name that may be meant, and the object it stands for, None where that is not known."""

    name: str
    thing: object = None


class Offer(NamedTuple):
    """`start`: where the word begins that would be replaced; `dotted`: whether it follows a point."""

    start: int
    dotted: bool
    candidates: tuple[Candidate, ...]


def offer(text: str, position: int) -> Offer:
    """What may stand at a position of the text, the likeliest first; nothing where a number or a new text begins."""
    line_start = text.rfind("\n", 0, position) + 1
    found = _PLACE.search(text[line_start:position])
    base, begun = (found["base"], found["begun"] or "") if found else (None, "")
    start = position - len(begun)
    if base:
        names = _members(base, text)
    elif begun and text[start - 1 : start] != ".":
        names = _visible(text[:start], text[position:])
    else:
        return Offer(start, False, ())
    lower = begun.lower()
    fitting = [name for name in names if name.name.lower().startswith(lower) and name.name != begun]
    fitting.sort(key=lambda c: (not c.name.startswith(begun), c.name not in _TENSOR_FIRST, c.name.lower()))
    return Offer(start, bool(base), tuple(fitting[:MOST]))


def _visible(before: str, after: str) -> list[Candidate]:
    """The names of the text, and Python's own."""
    own = dict.fromkeys(_WORD.findall(before) + _WORD.findall(after))
    known = dict.fromkeys([*own, *keyword.kwlist, *(name for name in dir(builtins) if name[0].islower())])
    return [Candidate(name) for name in known if len(name) > 1]


def _members(base: str, text: str) -> list[Candidate]:
    """What may follow `base.`."""
    if base == "self":
        own = dict.fromkeys(re.findall(r"\bself\.(\w+)", text))
        return [*(Candidate(name) for name in own), *_of(engine.nn.Module)]
    module = _module(base, text)
    if module == "numpy":
        return [Candidate(name) for name in NUMPY]
    if module == "matplotlib.pyplot":
        return [Candidate(name) for name in Pyplot().names]
    if module is not None and (place := _torch(module)) is not None:
        return _of(place)
    if module is not None:
        return []
    made = re.findall(rf"^\s*(?:self\.)?{re.escape(base.removeprefix('self.'))}\s*=\s*([\w.]+)\(", text, re.M)
    if made and re.search(rf"^class\s+{re.escape(made[-1])}\b.*Module", text, re.M):
        return _of(engine.nn.Module)
    kind = _torch(_dotted(made[-1], text)) if made else None
    if isinstance(kind, type) and issubclass(kind, engine.nn.Module):
        return [Candidate("weight"), Candidate("bias"), *_of(kind)]
    return _of(kind if isinstance(kind, type) else engine.Tensor)


def _module(base: str, text: str) -> str | None:
    """The module that a dotted name of the text stands for, None if its first word was not imported."""
    first = base.partition(".")[0]
    dotted = _dotted(base, text)
    return dotted if dotted != base or first in ("torch", "numpy", "math") else None


def _dotted(name: str, text: str) -> str:
    """A dotted name with the alias at its beginning resolved."""
    first, point, rest = name.partition(".")
    for found in _IMPORT.finditer(text):
        if found["alias"] == first:
            return found["module"] + point + rest
    for found in _FROM.finditer(text):
        for part in found["names"].strip("() ").split(","):
            real, _, alias = part.strip().partition(" as ")
            if (alias.strip() or real) == first:
                return f"{found['module']}.{real}{point}{rest}"
    return name


def _torch(dotted: str) -> Any:
    """What a dotted name of torch's stands for, None if it is none."""
    first, *rest = dotted.split(".")
    place: Any = engine if first == "torch" else None
    for part in rest:
        place = getattr(place, part, None)
    return place


def _of(place: object) -> list[Candidate]:
    return list(_listed(place))


@cache
def _listed(place: object) -> tuple[Candidate, ...]:
    """The public names of a module or class; of a class also what a tensor is asked most."""
    found = (Candidate(name, getattr(place, name, None)) for name in dir(place) if not name.startswith("_"))
    return tuple(one for one in found if not inspect.ismodule(one.thing) or one.name in MODULES)


def told(candidate: Candidate) -> Iterator[str]:
    """A candidate in up to three lines: how it is called, its formula, its derivative; operators are told by their row
    in the table."""
    op = OPS.get(candidate.name)
    if op is not None and candidate.thing is not None:
        yield f"{op.name}({', '.join(op.parameters)})"
        if op.formula:
            yield f"= {op.formula}"
        if op.derivatives:
            yield ";  ".join(f"∂/∂{name}: {text}" for name, text in op.derivatives.items())
        return
    if callable(candidate.thing):
        try:
            parameters = inspect.signature(candidate.thing).parameters.values()
        except (TypeError, ValueError):
            return
        bare = [p.replace(annotation=p.empty) for p in parameters if p.name != "self"]
        yield f"{candidate.name}({', '.join(map(str, bare))})"
