"""The name that was meant: what is nearest to a name that is misspelt.

Owns the guess, made from texts alone: nothing of the program's is called or asked.  The question it is told in is
part of an error's explanation; `asked` finds it there again, so that it can be said in another language.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from types import TracebackType

import engine
from visgrad.program.names import words

QUESTION = " Did you mean {name}?"

OPTIONS = words(
    """
    requires_grad dtype device dim keepdim generator lr momentum weight_decay betas nesterov bias in_features
    out_features in_channels out_channels kernel_size stride padding reduction retain_graph create_graph gradient
    allow_unused inplace batch_first num_layers hidden_size dropout end step sep label color marker linestyle bins
    figsize alpha
    """
)
"""The options that learners' calls use most."""

BUILTINS = words(
    """
    abs all any bool dict enumerate float int isinstance len list map max min print range reversed round set sorted
    str sum super tuple type zip True False None
    """
)

ELSEWHERE = {"null": "None", "nil": "None", "NULL": "None", "this": "self"}
"""What other languages call it."""

_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
_MEMBER = re.compile(r"AttributeError: module '(torch[\w.]*)' has no attribute '(\w+)'")
_METHOD = re.compile(r"AttributeError: '(?:Tensor|Parameter)' object has no attribute '(\w+)'")
_OPTION = re.compile(r"TypeError: .*got an unexpected keyword argument '(\w+)'")
_QUESTION = re.compile(re.escape(QUESTION).replace(r"\{name\}", r"([\w.]+)") + "$")


def meant(line: str, traceback: TracebackType | None) -> str:
    """The name that an error's `Type: message` is probably about, "" if none is near."""
    if found := _NAME.match(line):
        if found[1] in ELSEWHERE:
            return ELSEWHERE[found[1]]
        return _nearest(found[1], (*_visible(traceback), *BUILTINS))
    if found := _MEMBER.match(line):
        return _nearest(found[2], _members(found[1]))
    if found := _METHOD.match(line):
        return _nearest(found[1], (name for name in dir(engine.Tensor) if not name.startswith("_")))
    if found := _OPTION.match(line):
        return _nearest(found[1], OPTIONS)
    return ""


def question(name: str) -> str:
    """The question, "" for no name."""
    return QUESTION.format(name=name) if name else ""


def asked(explanation: str) -> tuple[str, str]:
    """An explanation without its question, and the name that is asked about, "" if there is none."""
    found = _QUESTION.search(explanation)
    return (explanation[: found.start()], found[1]) if found else (explanation, "")


def _nearest(name: str, names: Iterable[str]) -> str:
    """The nearest of the names: the same in other capitals, else one that differs in few letters."""
    others = {other for other in names if other != name}
    alike = [other for other in others if other.casefold() == name.casefold()]
    near = alike or difflib.get_close_matches(name, others, 1, 0.75)
    return min(near, default="")


def _visible(traceback: TracebackType | None) -> list[str]:
    """The names that can be seen where the error happened."""
    if traceback is None:
        return []
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    frame = traceback.tb_frame
    return [name for name in (*frame.f_locals, *frame.f_globals) if not name.startswith("_")]


def _members(module: str) -> list[str]:
    """The public names of a module of torch's."""
    place: object = engine
    for part in module.split(".")[1:]:
        place = getattr(place, part, None)
    return [name for name in dir(place) if not name.startswith("_")]
