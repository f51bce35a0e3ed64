"""The command line: what it prints, where, and with which status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.visgrad.worker_runs import Runner, printed
from visgrad import cli, display, lessons

LESSON = lessons.lessons()[0].path


def _visgrad(
    *arguments: str | Path, cwd: Path, environment: dict[str, str] | None = None, stdin: str = ""
) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "visgrad", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
    )
    return done.returncode, done.stdout, done.stderr


def _file(folder: Path, text: str, name: str = "program.py") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_run_prints_what_the_program_prints(tmp_path: Path) -> None:
    status, out, err = _visgrad("run", LESSON, cwd=tmp_path)
    assert (status, err) == (0, "")
    assert out == (
        "tensor(40.)\ntensor([-12.,  65.], grad_fn=<SubBackward0>)\ntensor([36., 81.])\ntensor([-12.,  -8.])\n"
    )


def test_run_ends_with_the_programs_own_traceback(tmp_path: Path) -> None:
    program = "def 나누기(n):\n    return '한글' and 1 / n\n\nprint('before')\n나누기(0)\n"
    status, out, err = _visgrad("run", _file(tmp_path, program), cwd=tmp_path)
    assert (status, out) == (1, "before\n")
    python = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert err == python.stderr.replace(str(tmp_path / "program.py"), "program.py")
    assert "~~^~~\n" in err
    assert err.endswith("ZeroDivisionError: division by zero\n")


def test_run_words_an_engine_error_as_torch_does(tmp_path: Path) -> None:
    program = "import torch\ntorch.ones(2, requires_grad=True).backward()\n"
    status, _, err = _visgrad("run", _file(tmp_path, program), cwd=tmp_path)
    assert status == 1
    assert err.splitlines()[-1] == "RuntimeError: grad can be implicitly created only for scalar outputs"
    assert "engine" not in err


def test_run_shows_a_syntax_error_with_its_line(tmp_path: Path) -> None:
    status, out, err = _visgrad("run", _file(tmp_path, "x = 1\nprint(x\n"), cwd=tmp_path)
    assert (status, out) == (1, "")
    assert err.splitlines() == [
        '  File "program.py", line 2',
        "    print(x",
        "         ^",
        "SyntaxError: '(' was never closed",
    ]


def test_run_names_what_is_refused_and_what_works_instead(tmp_path: Path) -> None:
    status, _, err = _visgrad("run", _file(tmp_path, "x = 1\nopen('file')\n"), cwd=tmp_path)
    assert status == 1
    assert err.splitlines()[-1].startswith("PermissionError: open() is not available here: programs have no files")
    assert "line 2" in err


def test_a_time_limit_ends_with_a_sentence(tmp_path: Path) -> None:
    program = _file(tmp_path, "print('begun')\nwhile True: pass\n")
    status, out, err = _visgrad("run", program, "--time-limit", "0.3", cwd=tmp_path)
    assert (status, out) == (1, "begun\n")
    assert err == "Stopped after 0.3 seconds, the time limit of a run.\n"


def test_run_reads_the_standard_input(tmp_path: Path) -> None:
    assert _visgrad("run", "-", cwd=tmp_path, stdin="print(1)\n")[:2] == (0, "1\n")


def test_run_takes_a_markdown_lesson(tmp_path: Path) -> None:
    lesson = _file(
        tmp_path, "# Title\n\n```python\nx = 2\nx\n```\n\n    2\n\nand\n\n```python\nx + 1\n```\n", "lesson.md"
    )
    assert _visgrad("run", lesson, cwd=tmp_path)[:2] == (0, "2\n3\n")


def test_run_records_and_exports(tmp_path: Path) -> None:
    arguments = ["--record", "kept.visgrad", "--export", "a.svg", "--export", "b.json"]
    assert _visgrad("run", LESSON, *arguments, cwd=tmp_path)[0] == 0
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<")
    assert (tmp_path / "b.json").stat().st_size > 100
    assert _visgrad("export", "kept.visgrad", "-o", "c.svg", cwd=tmp_path)[0] == 0
    assert (tmp_path / "c.svg").read_text("utf-8") == (tmp_path / "a.svg").read_text("utf-8")


def test_every_text_form_is_written_without_qt(tmp_path: Path) -> None:
    _file(tmp_path, "raise ImportError('no Qt here')\n", "PySide6.py")
    targets = [tmp_path / f"out.{suffix}" for suffix in ("svg", "dot", "mmd", "json", "html")]
    wanted = [word for target in targets for word in ("--export", target.name)]
    status, _, err = _visgrad("run", LESSON, *wanted, cwd=tmp_path, environment={"PYTHONPATH": str(tmp_path)})
    assert (status, err) == (0, "")
    assert all(target.stat().st_size > 100 for target in targets)


def test_export_draws_the_step_that_is_asked_for(tmp_path: Path) -> None:
    _visgrad("run", LESSON, "--record", "kept.visgrad", cwd=tmp_path)
    for step in ("1", "last"):
        assert _visgrad("export", "kept.visgrad", "-o", f"{step}.svg", "--step", step, cwd=tmp_path)[0] == 0
    first, last = ((tmp_path / f"{step}.svg").read_text("utf-8") for step in ("1", "last"))
    assert "PowBackward" not in first
    assert len(first) < len(last)
    assert (
        _visgrad("export", "kept.visgrad", "-o", "pow.svg", "--select", "op:pow", "--transparent", cwd=tmp_path)[0] == 0
    )
    part = (tmp_path / "pow.svg").read_text("utf-8")
    assert "PowBackward0" in part
    assert "AddBackward0" not in part
    status, _, err = _visgrad("export", "kept.visgrad", "-o", "x.svg", "--step", "9999", cwd=tmp_path)
    assert status == 2
    assert "there is no step 9999" in err


def test_wrong_calls_have_status_2_and_a_sentence(tmp_path: Path) -> None:
    for arguments, words in (
        (["run", "nothing.py"], "cannot read nothing.py"),
        (["export", str(LESSON), "-o", "picture.tiff"], "cannot write picture.tiff"),
        (["lessons", "nothing"], "there is no lesson 'nothing'"),
        (["nothing.py"], "there is no file nothing.py"),
        (["run", str(LESSON), "--record", "x.txt"], "a recording's name ends in .visgrad"),
        (["export", str(LESSON)], "required: -o"),
        (["run", str(LESSON), "--time-limit", "long"], "'long' is not a number"),
    ):
        status, _, err = _visgrad(*arguments, cwd=tmp_path)
        assert status == 2
        assert words in err


def test_lessons_lists_and_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lessons"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == [lesson.name for lesson in lessons.lessons()]
    assert cli.main(["lessons", "autograd"]) == 0
    assert capsys.readouterr().out == LESSON.read_text("utf-8")


def test_every_lesson_runs_and_prints() -> None:
    runner = Runner()
    try:
        for lesson in lessons.lessons():
            recording = runner.run(lesson.source)
            assert printed(recording)
            assert recording.error is None or "error" in lesson.name
            assert lesson.title_en != lesson.title_ko
    finally:
        runner.close()


def test_without_a_display_the_lessons_picture_is_written_instead(tmp_path: Path) -> None:
    nowhere = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    status, out, err = _visgrad(cwd=tmp_path, environment=nowhere)
    assert (status, err) == (0, "")
    assert "There is no display here" in out
    assert (tmp_path / "lesson.svg").read_text("utf-8").startswith("<")


def test_a_missing_system_library_is_named_with_its_package() -> None:
    error = ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
    said = display.explain(error)
    assert "libegl1" in said or display.missing_libraries() in said
    assert "apt install libxcb-cursor0" in display.sentence(["libxcb-cursor.so.0"])


def test_run_needs_no_qt(tmp_path: Path) -> None:
    _file(tmp_path, "raise ImportError('no Qt here')\n", "PySide6.py")
    program = _file(tmp_path, "print(1)\n")
    assert _visgrad("run", program, cwd=tmp_path, environment={"PYTHONPATH": str(tmp_path)}) == (0, "1\n", "")


def test_modules_that_lie_beside_a_program_are_not_run(tmp_path: Path) -> None:
    for name in ("random", "statistics", "numpy", "engine", "unicodedata"):
        _file(tmp_path, "open('owned', 'w').close()\n", f"{name}.py")
    program = _file(tmp_path, "import random, numpy\nprint(random.randint(1, 1))\n")
    assert _visgrad("run", program, cwd=tmp_path)[:2] == (0, "1\n")
    assert not (tmp_path / "owned").exists()


def test_version_is_told() -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0


def test_escapes_in_formatted_strings_are_read_behind_the_fence(tmp_path: Path) -> None:
    program = 'x = 1\nprint(f"a\\t{x}\\N{BULLET}", "\\u00e9", f"{x=}\\n", end="")\n'
    status, out, err = _visgrad("run", _file(tmp_path, program), cwd=tmp_path)
    assert (status, out, err) == (0, "a\t1• é x=1\n", "")


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [("exit()", 0, ""), ("exit(3)", 3, ""), ("import sys\nsys.exit('no data')", 1, "no data\n"), ("exit(True)", 1, "")],
)
def test_a_program_that_exits_gives_its_status_as_python_does(
    tmp_path: Path, code: str, status: int, said: str
) -> None:
    assert _visgrad("run", _file(tmp_path, f"print(1)\n{code}\nprint(2)\n"), cwd=tmp_path) == (status, "1\n", said)


def test_an_exception_group_is_drawn_as_python_draws_it(tmp_path: Path) -> None:
    program = """def f():
    raise ValueError(1)
found = []
try:
    f()
except ValueError as e:
    found.append(e)
raise ExceptionGroup("some", [*found, ExceptionGroup("inner", [KeyError("k")]), *[TypeError("t")] * 15])
"""
    status, _, err = _visgrad("run", _file(tmp_path, program), cwd=tmp_path)
    done = subprocess.run([sys.executable, _file(tmp_path, program)], capture_output=True, text=True, cwd=tmp_path)
    assert (status, err) == (1, done.stderr.replace(f"{tmp_path}/", ""))


def test_whoever_reads_the_output_may_have_had_enough(tmp_path: Path) -> None:
    file = _file(tmp_path, "for i in range(100_000):\n    print(i)\n")
    command = [sys.executable, "-P", "-m", "visgrad", "run", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"0\n"
        process.stdout.close()
        assert process.wait(60) != 0
        assert process.stderr.read() == b""


def test_what_is_left_out_of_torch_is_refused_with_what_to_know_instead(tmp_path: Path) -> None:
    status, _, err = _visgrad("run", _file(tmp_path, "import torch\ntorch.fft.fft(torch.ones(4))\n"), cwd=tmp_path)
    assert status == 1
    assert err.splitlines()[-1] == (
        "AttributeError: module 'torch' has no attribute 'fft': "
        "Fourier transforms are left out here; numpy.fft has them on arrays"
    )
