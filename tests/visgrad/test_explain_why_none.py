"""Why a grad is None: each way in which a gradient can fail to arrive, on the real engine."""

from __future__ import annotations

import pytest

from tests.visgrad.recorded import Run
from visgrad.explain.why_none import asked, why_none


def reason(source: str, name: str, position: int = 10**6) -> tuple[str, str, str]:
    """The kind, the sentence and the culprit's expression."""
    run = Run(source)
    found = why_none(run.recording.frame(position), run.value(name))
    korean = why_none(run.recording.frame(position), run.value(name), "ko")
    assert (korean.kind, korean.operation) == (found.kind, found.operation)
    assert korean.text != found.text
    call = run.recording.operations[found.operation].call if found.operation >= 0 else ""
    return found.kind, found.text, call


START = """
        w = torch.tensor(2.0, requires_grad=True)
"""


@pytest.mark.parametrize(
    ("body", "name", "kind", "call"),
    [
        ("y = w*3", "w", "not_yet", ""),
        ("y = w*3", "y", "non_leaf", "w*3"),
        ("y = w*3; z = y*2; z.backward()", "y", "non_leaf_passed", "w*3"),
        ("y = w*3; y.backward()", "w", "present", ""),
        ("c = torch.tensor(1.0); y = w*c; y.backward()", "c", "constant", "torch.tensor(1.0)"),
        ("c = torch.tensor(1.0); d = c*2", "d", "inputs", ""),
        ("i = torch.tensor(1); y = w*i; y.backward()", "i", "dtype", "torch.tensor(1)"),
        ("u = torch.tensor(1.0, requires_grad=True); y = w*3; y.backward()", "u", "unused", ""),
        ("u = torch.tensor(1.0, requires_grad=True); v = u*2; y = w*3; y.backward()", "u", "elsewhere", ""),
        ("y = w*3; y.backward(); u = torch.tensor(1.0, requires_grad=True)", "u", "late", ""),
        (
            "u = torch.tensor(1.0, requires_grad=True); y = w*u.detach(); y.backward()",
            "u",
            "cut_detached",
            "u.detach()",
        ),
        ("d = w.detach()", "d", "detached", "w.detach()"),
    ],
)
def test_the_reason_is_found_and_the_culprit_named(body: str, name: str, kind: str, call: str) -> None:
    statements = "\n        ".join(body.split("; "))
    assert reason(f"{START}        {statements}", name)[::2] == (kind, call)


def test_a_value_computed_inside_no_grad_has_no_history() -> None:
    kind, text, call = reason(
        """
        w = torch.tensor(2.0, requires_grad=True)
        with torch.no_grad():
            y = w*3
        """,
        "y",
    )
    assert (kind, call) == ("no_grad", "w*3")
    assert text == "`w*3` ran inside no_grad, so y has no history and gets no gradient."


def test_a_way_through_no_grad_is_cut() -> None:
    kind, text, call = reason(
        """
        u = torch.tensor(1.0, requires_grad=True)
        w = torch.tensor(2.0, requires_grad=True)
        with torch.no_grad():
            h = u*3
        z = h*w
        z.backward()
        """,
        "u",
    )
    assert (kind, call) == ("cut_no_grad", "u*3")
    assert text == "The way from u to z is cut at `u*3`, which ran inside no_grad."


def test_a_way_through_whole_numbers_is_cut() -> None:
    kind, _, call = reason(
        """
        u = torch.tensor([1.0, 5.0], requires_grad=True)
        w = torch.tensor(2.0, requires_grad=True)
        i = u.argmax()
        z = w*i
        z.backward()
        """,
        "u",
    )
    assert (kind, call) == ("cut_dtype", "u.argmax()")


def test_a_running_sweep_may_still_arrive() -> None:
    source = """
        w = torch.tensor(2.0, requires_grad=True)
        y = w*3
        z = y*2
        z.backward()
    """
    assert reason(source, "w", position=5)[0] == "running"


def test_a_gradient_of_which_only_a_part_has_come_is_not_in_grad_yet() -> None:
    source = """
        w = torch.tensor(2.0, requires_grad=True)
        y = w*w
        y.backward()
    """
    kind, text, _ = reason(source, "w", position=4)
    assert kind == "partly"
    assert "so far" in text


def test_a_value_without_a_name_is_spoken_of_as_such() -> None:
    run = Run("""
        w = torch.tensor(2.0, requires_grad=True)
        z = w*3 + 1
        z.backward()
    """)
    text = why_none(run.recording.frame(10**6), 1).text
    assert text.startswith("This value is the result of `w*3`, not a leaf: its gradient 1 passed")


@pytest.mark.parametrize(
    ("body", "name", "wondered"),
    [
        ("c = torch.tensor(1.0); y = w*c", "c", False),
        ("c = torch.tensor(1.0); y = w*c; y.backward()", "c", True),
        ("c = torch.tensor(1.0); y = w*2; y.backward()", "c", False),
        ("c = torch.tensor([1, 2]); y = w*c; y.sum().backward()", "c", False),
        ("y = w*3; y.backward()", "y", True),
        ("y = w*3", "w", True),
        ("y = w*3; y.backward(); w.data.add_(1); w = w", "w", False),
    ],
)
def test_a_missing_gradient_is_explained_where_one_may_be_missed(body: str, name: str, wondered: bool) -> None:
    run = Run(START + f"        {body}\n")
    assert asked(run.recording.frame(10**6), run.value(name)) is wondered
