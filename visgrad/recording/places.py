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
"""The learner's frames, innermost first, flat: code, instruction offset, module (or None), code, …"""

NOWHERE = Span(0, 0, 0, 0)
OTHER, LAYER, PROGRAM = range(3)
"""Whose a file is."""


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
        self._known: dict[str, int] = {}
        self._lines = {filename: source.split("\n")} if filename else {}
        self._positions: dict[int, tuple[CodeType, list[tuple[int | None, ...]]]] = {}
        self._spans: dict[tuple[int, int], Span] = {}
        self._texts: dict[tuple[int, int], str] = {}
        self._sites: dict[tuple[int, int], tuple[str, tuple[Call, ...]]] = {}
        self._top: CodeType | None = None

    def catch(self, depth: int) -> Stack | None:
        """The program's stack from `depth` frames up; cheap, for `site`, `calls` and `text` to decode later.

        None inside the making of a layer: how it fills its parameters is its own business.
        """
        innermost = sys._getframe(depth)
        if innermost.f_code is self._top:
            return self._top, innermost.f_lasti, None
        frame: FrameType | None = innermost
        known, base = self._known, self.base
        found: list[Any] = []
        while frame is not None:
            code = frame.f_code
            kind = known.get(code.co_filename)
            if kind is None:
                kind = known[code.co_filename] = self._kind(code.co_filename)
            if kind == PROGRAM:
                found += (code, frame.f_lasti, None)
                if code.co_name == "<module>":
                    if base is None:
                        self._top = code
                    break
            elif kind == LAYER:
                if code.co_qualname == "Module.__call__":
                    found += (None, 0, frame.f_locals["self"])
                elif code.co_name == "__init__":
                    return None
            if frame is base:
                break
            frame = frame.f_back
        return tuple(found)

    def _kind(self, filename: str) -> int:
        if self._is_program(filename):
            return PROGRAM
        return LAYER if filename.startswith(FOLDER) else OTHER

    def text(self, stack: Stack) -> str:
        """The expression that the innermost frame is at, "" if that is not known.

        Inside of a layer of the engine's, whose text is not the program's, the call of that layer: `model.0(…)`.
        """
        if stack and stack[0] is None:
            outermost = next(stack[i] for i in range(len(stack) - 1, 1, -3) if stack[i] is not None)
            return f"{self._module_path(stack[2], outermost)}(…)"
        place = next((i for i in range(0, len(stack), 3) if stack[i] is not None), -1)
        if place < 0:
            return ""
        key = id(stack[place]), stack[place + 1]
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = self._cut(stack[place], self._span(stack[place], stack[place + 1]))
        return text

    def site(self, stack: Stack) -> tuple[str, tuple[Call, ...]]:
        """The expression that the innermost frame is at, and the stack as the recording tells it, innermost first."""
        if len(stack) != 3 or stack[0] is None:
            return self.text(stack), self._deep(stack)
        key = id(stack[0]), stack[1]
        site = self._sites.get(key)
        if site is None:
            call = Call(_function(stack[0]), self._span(stack[0], stack[1]))
            site = self._sites[key] = self.text(stack), (call,)
        return site

    def calls(self, stack: Stack) -> tuple[Call, ...]:
        """The stack as the recording tells it, innermost first."""
        return self.site(stack)[1]

    def _deep(self, stack: Stack) -> tuple[Call, ...]:
        """A stack with several levels or modules in it.

        A module's own `forward` may be the learner's, then that level gets the module's path, or the engine's, then it
        is a level by itself at the place from which the learner called it.
        """
        modules = [stack[i + 2] for i in range(0, len(stack), 3) if stack[i] is None]
        root = modules[-1] if modules else None
        calls: list[Call] = []
        waiting: list[tuple[str, str]] = []  # engine modules whose place is that of the next program frame
        previous: Call | None = None  # a program frame that may turn out to be a module's forward
        for i in range(0, len(stack), 3):
            code, offset, module = stack[i : i + 3]
            if module is not None:
                path = self._module_path(module, root)
                if previous is not None and previous.function.endswith("forward") and not previous.module:
                    calls[-1] = previous = Call(previous.function, previous.span, path)
                else:
                    waiting.append((type(module).__name__, path))
                continue
            span = self._span(code, offset)
            calls += [Call(function, span, path) for function, path in waiting]
            waiting.clear()
            previous = Call(_function(code), span)
            calls.append(previous)
        return tuple(calls)

    def _span(self, code: CodeType, offset: int) -> Span:
        key = id(code), offset
        span = self._spans.get(key)
        if span is None:
            span = self._spans[key] = self._decode(code, offset)
        return span

    def _decode(self, code: CodeType, offset: int) -> Span:
        if id(code) not in self._positions:  # holding the code keeps its id its own
            self._positions[id(code)] = code, list(code.co_positions())
        table = self._positions[id(code)][1]
        line, end_line, column, end_column = table[offset // 2] if 0 <= offset // 2 < len(table) else (None,) * 4
        if line is None:
            return NOWHERE
        if end_line is None or column is None or end_column is None:
            return Span(line, 0, line, len(self._line(code.co_filename, line)))
        name = code.co_filename
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
        return "\n".join([lines[0], *(line.strip() for line in lines[1:])])


def _function(code: CodeType) -> str:
    return code.co_qualname.replace("<locals>.", "")
