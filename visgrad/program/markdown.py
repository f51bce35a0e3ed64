"""A Markdown lesson becomes a program: fenced blocks are cells, prose becomes comments, shown outputs are left out.

Owns the conversion of text.  Whether a text is Markdown at all is asked with `is_markdown`.
"""

from __future__ import annotations

import re

from visgrad.program.magics import without_magics

FENCE = re.compile(r"^(?P<mark>`{3,}|~{3,})\s*(?P<language>[\w+-]*)")
PYTHON = ("", "python", "py", "python3", "ipython", "ipython3")


def is_markdown(text: str, name: str = "") -> bool:
    """Whether a lesson is Markdown: by its name, or because a pasted text has fenced Python blocks."""
    if name.lower().endswith((".md", ".markdown")):
        return True
    return re.search(r"^(```|~~~)\s*(python|py)\b", text, re.MULTILINE | re.IGNORECASE) is not None


def to_program(text: str) -> str:
    """The program of a Markdown lesson: `# %%` cells, with headings and prose as comments before them."""
    cells: list[str] = []
    prose: list[str] = []
    lines = iter(_without_front_matter(text.splitlines()))
    for line in lines:
        fence = FENCE.match(line)
        if not fence:
            if comment := _comment(line):
                prose.append(comment)
            continue
        code = []
        for line in lines:
            if line.strip().startswith(fence["mark"]):
                break
            code.append(line.rstrip())
        if fence["language"].lower() in PYTHON:
            cells.append("\n".join([*_opening(prose), *without_magics(code)]))
            prose = []
    if prose:
        cells.append("\n".join(prose))
    return "\n\n".join(cells) + "\n" if cells else ""


def _opening(prose: list[str]) -> list[str]:
    """The rule above a cell carries the heading nearest to it, or the last line of prose."""
    return ["# %%", *prose]


def _comment(line: str) -> str:
    """One line of prose as a comment; "" for outputs (indented blocks), rules, breaks and blank lines."""
    text = line.rstrip()
    if text.startswith(("    ", "\t")) and not re.match(r"\s+([-*+]|\d+\.) ", text):
        return ""
    text = re.sub(r"<br\s*/?>|</?\w+>", "", text).strip()
    if not text or re.fullmatch(r"[-=*_]{3,}", text):
        return ""
    return f"# {text}"


def _without_front_matter(lines: list[str]) -> list[str]:
    """Lines after a site generator's `---` header, if there is one."""
    if lines and lines[0].strip() == "---":
        for index, line in enumerate(lines[1:], 1):
            if line.strip() == "---":
                return lines[index + 1 :]
    return lines
