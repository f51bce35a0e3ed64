"""The command line, and what starts the window: `visgrad [FILE]`, `run`, `export`, `lessons`, `ops`.

A composition root: the window and the image exports are imported only when they are asked for, so `run` and the
vector exports work where there is no Qt and no display.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visgrad import lessons
from visgrad.recording.model import Error, Print, Step
from visgrad.worker.protocol import Limits

if TYPE_CHECKING:
    from visgrad.recording.recording import Recording

EPILOG = """other commands:
  visgrad run FILE        run a program and print what it prints
  visgrad export FILE     write its picture to a file
  visgrad lessons [NAME]  list the lessons, or print one
  visgrad ops [NAME]      list the operators with their derivatives, or describe one"""


class Problem(Exception):
    """Something the person has to put right; the message is all that is shown."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The `visgrad` command; the exit status: 0, or what the program gave to `exit`; 1 it failed, 2 called wrongly."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    name = arguments[0] if arguments else ""
    try:
        if name in COMMANDS:
            return COMMANDS[name](arguments[1:])
        return window(arguments)
    except Problem as problem:
        print(f"visgrad: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read our output has had enough
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        return 130


def window(arguments: Sequence[str] | None = None) -> int:
    """`visgrad [FILE]`: the window, or the lesson's picture where there is no display."""
    parser = argparse.ArgumentParser("visgrad", description=DESCRIPTION, epilog=EPILOG, formatter_class=_Raw)
    parser.add_argument("file", nargs="?", metavar="FILE", type=Path, help="a program or a recording")
    parser.add_argument("--version", action="version", version=f"visgrad {_version()}")
    file: Path | None = parser.parse_args(arguments).file
    if file is not None and not file.is_file():
        raise Problem(f"there is no file {file}")
    from visgrad import display

    if not display.available():
        return _draw_instead(file)
    if missing := display.missing_libraries():
        raise Problem(missing)
    try:
        from ui.app import main as open_window
    except ImportError as error:
        raise Problem(display.explain(error)) from error
    return open_window(file)


def _draw_instead(file: Path | None) -> int:
    """No display: write the picture that the window would have shown."""
    source, name = _program(file) if file else (lessons.lessons()[0].source, lessons.lessons()[0].name + ".py")
    target = Path("lesson.svg" if file is None else f"{file.stem}.svg")
    from visgrad.export import export
    from visgrad.worker.client import run_program

    recording = _load(file) if file and file.suffix == ".visgrad" else run_program(source, name)
    export(recording, target)
    print(f"There is no display here, so the window cannot open. The picture of {name} is in {target}.")
    return 0


def run(arguments: Sequence[str]) -> int:
    """`visgrad run FILE`."""
    parser = argparse.ArgumentParser("visgrad run", description="Run a program and print what it prints.")
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a program (.py, .md, .ipynb), or - for the standard input"
    )
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where tensors may live")
    parser.add_argument("--time-limit", type=_positive, default=60.0, metavar="S", help="seconds (60)")
    parser.add_argument("--memory-limit", type=_positive, default=2048.0, metavar="MB", help="mebibytes (2048)")
    parser.add_argument("--step-limit", type=_count, default=1_000_000, metavar="N", help="steps kept (1000000)")
    parser.add_argument("--latest-steps", type=_count, default=100_000, metavar="N", help="and of the latest (100000)")
    parser.add_argument("--output-limit", type=_count, default=4, metavar="MB", help="mebibytes of printed text (4)")
    parser.add_argument("--record", type=Path, metavar="OUT.visgrad", help="keep the recording in a file")
    parser.add_argument("--export", type=Path, metavar="OUT.EXT", action="append", default=[], help="write its picture")
    options = parser.parse_args(arguments)
    if options.record and options.record.suffix != ".visgrad":
        raise Problem(f"a recording's name ends in .visgrad, unlike {options.record}")
    source, name = _program(options.file)
    limits = Limits(
        options.time_limit,
        int(options.memory_limit),
        options.step_limit,
        options.latest_steps,
        options.output_limit,
    )
    recording = _run(source, name, limits, options.device, show=True)
    status = _end(recording)
    if options.record:
        from visgrad.recording.file import save

        save(recording, options.record)
    for path in options.export:
        _export(recording, path)
    return status


def export(arguments: Sequence[str]) -> int:
    """`visgrad export FILE -o OUT`."""
    from visgrad.picture.options import COLOURS, ViewOptions

    parser = argparse.ArgumentParser("visgrad export", description="Write the picture of a program or recording.")
    parser.add_argument("file", metavar="FILE", type=Path, help="a program or a recording")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="its suffix says in which form")
    parser.add_argument("--step", type=_step, default=None, metavar="N|last", help="the moment that is drawn (last)")
    parser.add_argument(
        "--theme", choices=("light", "dark"), default="", help="colours (light; a page's: its reader's)"
    )
    parser.add_argument("--scale", type=_positive, default=2.0, help="pixels per unit (2)")
    parser.add_argument("--detail", type=_fraction, default=None, metavar="0..1", help="how much is unfolded")
    parser.add_argument("--colour", choices=COLOURS, default="role", help="what the cards are coloured by (role)")
    parser.add_argument("--select", default="", metavar="QUERY", help='only what is found, such as "grad > 10"')
    parser.add_argument("--language", choices=("en", "ko"), default="en", help="of the words in it (en)")
    parser.add_argument("--same-scale", action="store_true", help="one scale for a value and its gradient")
    parser.add_argument("--transparent", action="store_true", help="leave the background out")
    options = parser.parse_args(arguments)
    if options.file.suffix == ".visgrad":
        recording, status = _load(options.file), 0
    else:
        recording = _run(*_program(options.file), Limits(), "cpu", show=False)
        status = _end(recording)
    looks = {name: getattr(options, name) for name in ("theme", "scale", "select", "transparent")}
    view = ViewOptions(
        detail=options.detail, same_scale=options.same_scale, colour=options.colour, language=options.language
    )
    _export(recording, options.output, options.step, options=view, **looks)
    return status


def list_lessons(arguments: Sequence[str]) -> int:
    """`visgrad lessons [NAME]`."""
    parser = argparse.ArgumentParser("visgrad lessons", description="List the lessons, or print one.")
    parser.add_argument("name", nargs="?", metavar="NAME")
    name: str | None = parser.parse_args(arguments).name
    if name is None:
        width = max(len(lesson.name) for lesson in lessons.lessons())
        for lesson in lessons.lessons():
            print(f"{lesson.name:{width}}  {lesson.title_en}")
        return 0
    try:
        sys.stdout.write(lessons.lesson(name).source)
    except KeyError:
        raise Problem(f"there is no lesson {name!r}; `visgrad lessons` lists them") from None
    return 0


def list_operators(arguments: Sequence[str]) -> int:
    """`visgrad ops [NAME]`."""
    from visgrad import operators

    parser = argparse.ArgumentParser("visgrad ops", description="List the operators as a page, or describe one.")
    parser.add_argument("name", nargs="?", metavar="NAME", help="an operator, such as mul")
    name: str | None = parser.parse_args(arguments).name
    try:
        sys.stdout.write(operators.page() if name is None else operators.describe(name))
    except KeyError as error:
        near = f"; did you mean {error.args[0]}?" if error.args[0] else ""
        raise Problem(f"there is no operator {name!r}{near}") from None
    return 0


COMMANDS = {"run": run, "export": export, "lessons": list_lessons, "ops": list_operators}
DESCRIPTION = "See automatic differentiation happen: PyTorch programs drawn as they run, forwards and backwards."
_Raw = argparse.RawDescriptionHelpFormatter


def _program(file: Path) -> tuple[str, str]:
    """The text and name of a program; a Markdown lesson or a notebook is turned into one."""
    from visgrad.program.handed_in import NotebookError, to_program

    if str(file) == "-":
        return sys.stdin.read(), "<stdin>"
    if file.suffix == ".visgrad":
        recording = _load(file)
        return recording.source, recording.name
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(f"{file} is no text in UTF-8") from None
    except OSError as error:
        raise Problem(f"cannot read {file}: {error.strerror}") from None
    try:
        return to_program(text, file.name), file.name
    except NotebookError as error:
        raise Problem(f"cannot read {file}: {error}") from None


def _load(file: Path) -> Recording:
    from visgrad.recording.file import FileError, load

    try:
        return load(file).recording
    except FileError as error:
        raise Problem(str(error)) from None
    except OSError as error:
        raise Problem(f"cannot read {file}: {error.strerror}") from None


def _run(source: str, name: str, limits: Limits, device: str, show: bool) -> Recording:
    from visgrad.program.errors import traceback_lines
    from visgrad.worker.client import WorkerLost, run_program

    def tell(steps: Sequence[Step]) -> None:
        """Write what a program printed, if that is to be shown, and the errors it met, in their order."""
        for step in steps:
            if isinstance(step, Error):
                sys.stdout.flush()
                print("\n".join(traceback_lines(step, source, name)), file=sys.stderr)
            elif isinstance(step, Print) and show:
                (sys.stderr if step.stream == "stderr" else sys.stdout).write(step.text)
        sys.stdout.flush()

    try:
        return run_program(source, name, limits, device, tell)
    except WorkerLost as error:
        raise Problem(str(error)) from None


def _end(recording: Recording) -> int:
    """Say how a run ended, if it did not end well; the exit status."""
    outcome = recording.outcome
    sys.stdout.flush()
    if outcome is not None and outcome.kind not in ("done", "error"):
        print(outcome.message, file=sys.stderr)
    return outcome.status if outcome is not None and outcome.kind == "done" else 1


def _export(recording: Recording, path: Path, step: int | None = None, **looks: Any) -> None:
    """Write a picture; `looks`: the further arguments of `visgrad.export.export`."""
    from visgrad.export import export as write

    last = len(recording.stops)
    if step is not None and not 0 <= step <= last:
        raise Problem(f"there is no step {step}: this recording has steps 0 to {last}")
    try:
        write(recording, path, step, **looks)
    except ValueError as error:
        raise Problem(str(error)) from None
    except ImportError as error:
        from visgrad import display

        raise Problem(display.explain(error)) from None
    except OSError as error:
        raise Problem(f"cannot write {path}: {error.strerror or error}") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def _positive(text: str) -> float:
    value = _number(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be greater than 0")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 1 << 40:
        raise argparse.ArgumentTypeError("must be a whole number greater than 0")
    return int(text)


def _fraction(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("must be between 0 and 1")
    return value


def _step(text: str) -> int | None:
    if text == "last":
        return None
    if not text.isdigit():
        raise argparse.ArgumentTypeError("must be a number or last")
    return int(text)


def _version() -> str:
    try:
        return version("visgrad")
    except PackageNotFoundError:
        return "(not installed)"
