"""Where in the program something happened: frames are caught cheaply, and turned into places of the text later.

Owns the walk up the call stack (code objects and instruction offsets, nothing decoded) and the decoding with the
interpreter's own position tables, cached per instruction.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from visgrad.recording.layers import FOLDER
from visgrad.recording.model import Call, Span

Stack = tuple[Any, ...]
"""The program's frames, innermost first, flat: the identity of a code object and an instruction offset, or a module
whose forward runs and -1."""

Site = tuple[str, tuple[Call, ...]]

NOWHERE = Span(0, 0, 0, 0)
OTHER, PROGRAM, TOP, FORWARD, MAKING = range(5)
"""Whose a code object is: not the program's, the program's, its outermost, a module's call, a layer's making."""


class Places:
    """Catches stacks and decodes them.

    `is_program(filename)` tells the learner's frames from others; `source` is the text of the file `filename`, other
    files are read where they are.  Frames above `base`, if there is one, are not looked at.  `module_path(module,
    outermost)` names an `nn.Module` whose `forward` runs.
    """

    def __init__(
        self,
        is_program: Callable[[str], bool],
        filename: str = "",
        source: str = "",
        base: FrameType | None = None,
        module_path: Callable[[Any, Any], str] = lambda module, root: type(module).__name__,
    ) -> None:
        self.base = base
        self._module_path = module_path
        self._is_program = is_program
        self._kinds: dict[int, int] = {}
        self._codes: dict[int, CodeType] = {}  # holding the code objects keeps their identities their own
        self._lines = {filename: source.split("\n")} if filename else {}
        self._positions: dict[int, list[tuple[int | None, ...]]] = {}
        self._calls: dict[tuple[int, int], Call] = {}
        self._sites: dict[Stack, Site] = {}
        self.top: CodeType | None = None  # the program's outermost code, once it was met, and its identity
        self.top_id = 0

    def catch(self, depth: int) -> Stack | None:
        """The program's stack from `depth` frames up; cheap, for `site` to decode later.

        None inside the making of a layer: how it fills its parameters is its own business.
        """
        innermost = sys._getframe(depth)
        if innermost.f_code is self.top:
            return self.top_id, innermost.f_lasti
        frame: FrameType | None = innermost
        kinds, base = self._kinds, self.base
        found: list[Any] = []
        while frame is not None:
            code = frame.f_code
            kind = kinds.get(id(code))
            if kind is None:
                kind = self._meet(code)
            if kind:
                if kind == FORWARD:
                    found += (frame.f_locals["self"], -1)
                elif kind == MAKING:
                    return None
                else:
                    found += (id(code), frame.f_lasti)
                    if kind == TOP:
                        self.top, self.top_id = code, id(code)
                        break
            if frame is base:
                break
            frame = frame.f_back
        return tuple(found)

    def site(self, stack: Stack) -> Site:
        """The expression that the innermost frame is at, "" if that is not known, and all levels, innermost first.

        Inside of a layer of the engine's, whose text is not the program's, the expression is `model.0(…)`.
        """
        try:
            site = self._sites.get(stack)
        except TypeError:  # a module of the program's own that has no hash
            return self._decode(stack)
        if site is None:
            site = self._sites[stack] = self._decode(stack)
        return site

    def call(self, code: CodeType, offset: int) -> Call:
        """One level: a code object at an instruction."""
        key = id(code), offset
        call = self._calls.get(key)
        if call is None:
            self._codes[id(code)] = code
            name = code.co_qualname.replace("<locals>.", "")
            call = self._calls[key] = Call(name, self._span(code, offset))
        return call

    def forget_names(self) -> None:
        """Modules have other names from now on."""
        self._sites.clear()

    def _meet(self, code: CodeType) -> int:
        """Note whose a code object is."""
        kind = OTHER
        if self._is_program(code.co_filename):
            kind = TOP if code.co_name == "<module>" else PROGRAM
        elif code.co_filename.startswith(FOLDER):
            if code.co_qualname == "Module.__call__":
                kind = FORWARD
            elif code.co_name == "__init__":
                kind = MAKING
        self._kinds[id(code)] = kind
        self._codes[id(code)] = code
        return kind

    def _decode(self, stack: Stack) -> Site:
        """What a stack says.

        The forward of a module may be the program's, then that level gets the module's path, or the engine's, then it
        is a level by itself at the place from which the program called it.
        """
        levels = list(zip(stack[::2], stack[1::2], strict=True))
        modules = [thing for thing, offset in levels if offset < 0]
        root = modules[-1] if modules else None
        calls: list[Call] = []
        waiting: list[tuple[str, str]] = []  # engine modules whose place is that of the next program frame
        text = ""
        for thing, offset in levels:
            if offset >= 0:
                call = self.call(self._codes[thing], offset)
                calls += [Call(function, call.span, path) for function, path in waiting]
                waiting.clear()
                text = text or self._cut(self._codes[thing], call.span)
                calls.append(call)
                continue
            path = self._module_path(thing, root)
            if calls and not waiting and calls[-1].function.endswith("forward") and not calls[-1].module:
                calls[-1] = Call(calls[-1].function, calls[-1].span, path)
            else:
                waiting.append((type(thing).__name__, path))
                text = text or f"{path}(…)"
        return text, tuple(calls)

    def _span(self, code: CodeType, offset: int) -> Span:
        table = self._positions.get(id(code))
        if table is None:
            table = self._positions[id(code)] = list(code.co_positions())
        line, end_line, column, end_column = table[offset // 2] if offset // 2 < len(table) else (None,) * 4
        if line is None:
            return NOWHERE
        name = code.co_filename
        if end_line is None or column is None or end_column is None:
            return Span(line, 0, line, len(self._line(name, line)))
        return Span(line, self._characters(name, line, column), end_line, self._characters(name, end_line, end_column))

    def _characters(self, filename: str, line: int, column: int) -> int:
        """A column in characters, of one that counts bytes of UTF-8."""
        text = self._line(filename, line)
        return column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))

    def _line(self, filename: str, line: int) -> str:
        lines = self._lines.get(filename)
        if lines is None:
            lines = self._lines[filename] = "".join(linecache.getlines(filename)).split("\n")
        return lines[line - 1] if 0 < line <= len(lines) else ""

    def _cut(self, code: CodeType, span: Span) -> str:
        lines = [self._line(code.co_filename, line) for line in range(span.line, span.end_line + 1)]
        if not lines:
            return ""
        lines[-1] = lines[-1][: span.end_column]
        lines[0] = lines[0][span.column :]
        text = "\n".join([lines[0], *(line.strip() for line in lines[1:])])
        return header(text) if text.startswith(("for ", "with ")) else text


def header(text: str) -> str:
    """A statement without its body: what iterates, or enters, is at the whole of it, its body included."""
    depth, quote = 0, ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == ":" and not depth:
            return text[:at]
    return text
