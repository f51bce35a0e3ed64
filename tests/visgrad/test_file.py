"""The `.visgrad` file: what is written is read again, and what is not ours is refused in one sentence."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from engine.dtypes import bfloat16
from tests.visgrad.recordings import SOURCE, first_lesson
from visgrad.recording import file
from visgrad.recording.file import FileError, load, save
from visgrad.recording.model import Outcome


def saved(path: Path) -> Path:
    recording = first_lesson()
    recording.outcome = Outcome("done", seconds=0.5)
    arrays = {("value", 0): np.arange(100, dtype=np.float32).reshape(10, 10).T, ("gradient", 1): np.float64(3.5)}
    target = path / "lesson.visgrad"
    save(recording, target, arrays=arrays, view={"position": 3, "dark": True})  # type: ignore[arg-type]
    return target


def rewritten(path: Path, **members: bytes | None) -> Path:
    """The file with members replaced, added, or (None) left out."""
    with zipfile.ZipFile(path) as archive:
        contents: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    contents |= {name.replace("__", "/").replace("_dot_", "."): data for name, data in members.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in contents.items():
            if data is not None:
                archive.writestr(name, data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(FileError) as raised:
        load(path)
    message = str(raised.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    back = load(saved(tmp_path))
    assert back.recording.steps == first_lesson().steps
    assert back.recording.source == SOURCE
    assert back.recording.name == "program.py"
    assert back.recording.outcome == Outcome("done", seconds=0.5)
    assert back.view == {"position": 3, "dark": True}
    assert np.array_equal(back.arrays["value", 0], np.arange(100, dtype=np.float32).reshape(10, 10).T)
    assert back.arrays["gradient", 1] == 3.5
    assert back.arrays["gradient", 1].shape == ()


def test_the_members_are_those_of_the_format(tmp_path: Path) -> None:
    with zipfile.ZipFile(saved(tmp_path)) as archive:
        assert sorted(archive.namelist()) == [
            "arrays/gradient-1.npy",
            "arrays/value-0.npy",
            "program.py",
            "recording.msgpack",
            "view.json",
        ]


def test_saving_again_replaces_and_leaves_nothing_else_behind(tmp_path: Path) -> None:
    saved(tmp_path)
    saved(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["lesson.visgrad"]


def test_a_failed_save_keeps_the_old_file(tmp_path: Path) -> None:
    path = saved(tmp_path)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        save(first_lesson(), path, view={"bad": object()})
    assert path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["lesson.visgrad"]


def test_saving_through_a_link_writes_where_it_points(tmp_path: Path) -> None:
    path = saved(tmp_path)
    link = tmp_path / "link.visgrad"
    link.symlink_to(path)
    save(first_lesson(), link)
    assert link.is_symlink()
    assert load(path).arrays == {}


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    whole = saved(tmp_path).read_bytes()
    cut = tmp_path / "cut.visgrad"
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        cut.write_bytes(whole[:length])
        assert "cut.visgrad" in refusal(cut)


def test_every_flipped_byte_is_refused_or_harmless(tmp_path: Path) -> None:
    whole = saved(tmp_path).read_bytes()
    path = tmp_path / "flipped.visgrad"
    for place in range(0, len(whole), 13):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            back = load(path)
        except FileError as error:
            assert str(error).endswith(".")  # noqa: PT017 - both endings are right, each has its own check
        else:
            assert back.recording.steps == first_lesson().steps


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.visgrad"
    path.write_text("import torch\n")
    assert refusal(path) == "a.visgrad is not a visgrad recording."
    path.write_bytes(b"")
    assert refusal(path) == "a.visgrad is empty."


def test_a_newer_version_is_named_even_if_it_holds_other_files(tmp_path: Path) -> None:
    newer = msgspec.msgpack.encode({"version": 7, "else": 1})
    path = rewritten(saved(tmp_path), recording_dot_msgpack=newer, new_dot_bin=b"?")
    assert f"newer visgrad (file version 7, known up to {file.VERSION})" in refusal(path)


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x81", b"\x90", b"\x91" * 100_000])
def test_malformed_messages_are_refused(tmp_path: Path, data: bytes) -> None:
    assert "damaged" in refusal(rewritten(saved(tmp_path), recording_dot_msgpack=data))


def body(**changes: Any) -> bytes:
    with_steps = {"version": 1, "name": "p.py", "steps": [], "outcome": None}
    return msgspec.msgpack.encode(with_steps | changes)


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_of_an_earlier_version_has_its_steps_one_by_one(tmp_path: Path, version: int) -> None:
    steps = msgspec.Raw(msgspec.msgpack.encode(list(first_lesson().steps)))
    path = rewritten(saved(tmp_path), recording_dot_msgpack=body(version=version, steps=steps))
    assert load(path).recording.steps == first_lesson().steps


def test_ids_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    path = rewritten(saved(tmp_path), recording_dot_msgpack=body(steps=[{"step": "bind", "name": "w", "value": 0}]))
    assert "contradicts itself: there is no value 0" in refusal(path)


def test_an_array_of_no_value_is_refused(tmp_path: Path) -> None:
    assert "no value 0" in refusal(rewritten(saved(tmp_path), recording_dot_msgpack=body()))


def test_a_summary_that_lies_about_its_bytes_is_refused(tmp_path: Path) -> None:
    output = [0, [[2], "float32", "cpu", b"12"], "leaf"]
    step = {"step": "op", "id": 0, "op": "tensor", "inputs": [], "outputs": [output]}
    assert "contradicts itself" in refusal(rewritten(saved(tmp_path), recording_dot_msgpack=body(steps=[step])))


def test_unknown_and_missing_members_are_refused(tmp_path: Path) -> None:
    assert "no recording has" in refusal(rewritten(saved(tmp_path), setup_dot_py=b""))
    assert "has no program.py" in refusal(rewritten(saved(tmp_path), setup_dot_py=None, program_dot_py=None))
    assert "has no recording.msgpack" in refusal(rewritten(saved(tmp_path), recording_dot_msgpack=None))


@pytest.mark.parametrize("name", ["../evil.py", "/etc/passwd", "arrays/../../x.npy", "C:\\x", "..\\x", "./view.json"])
def test_a_member_that_wants_to_be_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"")
    assert "elsewhere" in refusal(path)
    assert [path.name for path in tmp_path.iterdir()] == ["lesson.visgrad"]


def test_a_member_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("program.py", b"")
    assert "twice" in refusal(path)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rewritten(saved(tmp_path), view_dot_json=b" " * 200_000)
    monkeypatch.setattr(file, "MAX_FILE", 100_000)
    assert "more than visgrad is willing to read" in refusal(path)
    monkeypatch.setattr(file, "MAX_FILE", 512 << 20)
    monkeypatch.setattr(file, "MAX_MEMBERS", 2)
    assert "5 files" in refusal(path)


def test_a_member_that_is_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("program.py").file_size
    rewritten(path, program_dot_py=b"x" * size)
    data = path.read_bytes().replace(size.to_bytes(4, "little"), (size - 8).to_bytes(4, "little"))
    path.write_bytes(data)
    assert "damaged" in refusal(path)


def npy(array: np.ndarray, **options: Any) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, **options)
    return stream.getvalue()


def test_arrays_that_are_pickles_or_lie_about_their_size_are_refused(tmp_path: Path) -> None:
    pickled = npy(np.array([{}, None], dtype=object))
    assert "damaged" in refusal(rewritten(saved(tmp_path), **{"arrays/value-0.npy": pickled}))
    huge = npy(np.zeros(10)).replace(b"(10,)", b"(9" + b"9" * 9 + b",)")
    assert "damaged" in refusal(rewritten(saved(tmp_path), **{"arrays/value-0.npy": huge}))
    assert "damaged" in refusal(rewritten(saved(tmp_path), **{"arrays/value-0.npy": b""}))


def test_a_view_that_is_not_json_is_refused(tmp_path: Path) -> None:
    assert "view.json" in refusal(rewritten(saved(tmp_path), view_dot_json=b"[1]"))
    assert "view.json" in refusal(rewritten(saved(tmp_path), view_dot_json=b'{"a":' + b"[" * 100_000))


def test_a_program_that_is_not_text_is_refused(tmp_path: Path) -> None:
    assert "not text" in refusal(rewritten(saved(tmp_path), program_dot_py=b"\xff\xfe"))


def test_a_missing_file_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.visgrad")


def test_bfloat16_is_kept_as_float32_that_any_reader_knows(tmp_path: Path) -> None:
    numbers = np.full((30, 40), 0.1).astype(bfloat16.np)
    save(first_lesson(), tmp_path / "short.visgrad", arrays={("value", 0): numbers}, view={})
    back = load(tmp_path / "short.visgrad").arrays["value", 0]
    assert back.dtype == np.float32
    assert np.array_equal(back, numbers.astype(np.float32))
