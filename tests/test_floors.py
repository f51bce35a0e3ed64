"""The floors: imports go down only, and what needs no window runs where Qt cannot be imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "engine": {"engine"},
    "visgrad": {"engine", "visgrad"},
    "ui": {"engine", "visgrad", "ui"},
}
ENGINE_NEEDS = {"numpy", "cupy", "ml_dtypes"}
ROOTS = {("visgrad", "cli.py"), ("visgrad", "__main__.py")}  # composition roots, and below the lazy image exports
LAZY_UI = {"visgrad/export/__init__.py"}
NO_QT = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6", "pyqtgraph"}:
            raise ImportError("Qt is not for this floor: " + name)
sys.meta_path.insert(0, Refuse())
"""


def _imports(path: Path) -> Iterator[tuple[str, bool]]:
    """(module, inside a function) of every import that runs."""
    tree = ast.parse(path.read_text("utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        above: ast.AST = node
        inside = False
        while above in parents:
            above = parents[above]
            inside |= isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in names:
            yield name, inside


@pytest.mark.parametrize("floor", ALLOWED)
def test_imports_go_down_only(floor: str) -> None:
    wrong = []
    for path in sorted((ROOT / floor).rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        for name, inside in _imports(path):
            top = name.partition(".")[0]
            lazy = inside and ((floor, path.name) in ROOTS or where in LAZY_UI)
            if top in ALLOWED and top not in ALLOWED[floor] and not lazy:
                wrong.append(f"{where} imports {name}")
            if top in {"PySide6", "shiboken6", "pyqtgraph"} and floor != "ui" and not lazy:
                wrong.append(f"{where} imports {name}")
            if floor == "engine" and top not in {*ALLOWED, *ENGINE_NEEDS, "__future__", *sys.stdlib_module_names}:
                wrong.append(f"{where} imports {name}")
    assert not wrong


def test_a_program_is_run_recorded_and_drawn_without_qt(tmp_path: Path) -> None:
    out = tmp_path / "picture.svg"
    program = tmp_path / "program.py"
    program.write_text("import torch\nw = torch.tensor(2.0, requires_grad=True)\n(w**2).backward()\nprint(w.grad)\n")
    command = ["run", str(program), "--export", str(out)]
    script = NO_QT + f"from visgrad.cli import main\nsys.exit(main({command!r}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "tensor(4.)\n", "")
    assert "<svg" in out.read_text("utf-8")


def test_the_engine_imports_without_anything_of_ours_above_it() -> None:
    script = NO_QT.replace('"pyqtgraph"', '"pyqtgraph", "visgrad", "ui"') + "import engine; print(engine.ones(2).sum())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("tensor(2.)\n", "")
