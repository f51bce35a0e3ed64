"""Formulas, sentences and ledgers, made of recordings of the real engine."""

from __future__ import annotations

import re

import pytest

from engine.optim import SGD
from tests.visgrad.recorded import Run
from tests.visgrad.recordings import first_lesson
from visgrad.explain.formula import explain, local_factor, put, written
from visgrad.explain.label import atomic, label, one_line
from visgrad.explain.ledger import ledger
from visgrad.explain.mistakes import explained
from visgrad.explain.mistakes import table as mistakes
from visgrad.explain.narrate import narrate
from visgrad.explain.spoken import spoken
from visgrad.explain.texts import sentence, table
from visgrad.program.explanations import TABLE
from visgrad.program.explanations import explain as explain_error
from visgrad.recording.model import Error
from visgrad.recording.recording import Recording
from visgrad.recording.summary import short
from visgrad.resources import asset
from visgrad.worker.client import run_program

PLACE = re.compile(r"{(\w+)}")

LESSON = """
    w = torch.tensor(2.0, requires_grad=True)
    y = w**2
    z = 10*y + 25
    z.backward()
"""


def story(recording: Recording, language: str = "en") -> list[str]:
    return [narrate(recording.frame(position), language) for position in range(len(recording.stops) + 1)]


def test_the_first_lesson_is_told_in_english() -> None:
    assert story(Run(LESSON).recording) == [
        "Nothing has run yet.",
        "`torch.tensor(2.0, requires_grad=True)` makes w = 2.",
        "`w**2` makes y = 4.",
        "`10*y` makes 40.",
        "`10*y + 25` makes z = 65.",
        "Backward starts at z with gradient 1.",
        "AddBackward0 sends 1 to `10*y`.",
        "MulBackward0 sends 10 to y: 1 · 10.",
        "PowBackward0 sends 40 to w: 10 · 2 · w. w.grad becomes 40.",
    ]


def test_the_first_lesson_is_told_in_korean() -> None:
    told = story(Run(LESSON).recording, "ko")
    assert told[2] == "`w**2`의 결과: y = 4."
    assert told[5] == "역전파가 z에서 시작합니다. 처음 기울기: 1."
    assert told[8] == "PowBackward0에서 w에 40만큼 보냅니다: 10 · 2 · w. w.grad의 값은 40입니다."


def test_a_language_that_is_not_there_is_told_in_english() -> None:
    assert story(first_lesson(), "xx") == story(first_lesson(), "en")


def test_every_language_has_every_sentence_with_the_same_places() -> None:
    files = sorted(asset("translations").glob("narrate.*.toml"))
    assert {file.name for file in files} >= {"narrate.en.toml", "narrate.ko.toml"}
    english = table("en")
    for file in files:
        texts = table(file.name.split(".")[1])
        assert texts.keys() == english.keys()
        for key, text in texts.items():
            assert set(PLACE.findall(text)) == set(PLACE.findall(english[key])), key


def test_prints_and_errors_are_told_on_one_line() -> None:
    recording = first_lesson()
    recording.extend([Error("RuntimeError", "a\nb", explanation="Try again.")])
    told = story(recording)
    assert told[-2] == "The program prints tensor(40.)."
    assert told[-1] == "RuntimeError: a b. Try again."


def test_what_runs_without_history_or_in_place_is_told_so() -> None:
    run = Run("""
        w = torch.tensor(2.0, requires_grad=True)
        with torch.no_grad():
            a = w*3
        b = w.detach()
        c = torch.zeros(2)
        c.add_(1)
        d = c.view(2, 1)
    """)
    told = story(run.recording)
    assert told[2] == "`w*3` makes a = 6, without history: no gradient flows through it."
    assert told[3] == "`w.detach()` makes b = 2, cut off from the graph."
    assert told[5] == "`c.add_(1)` changes c in place: it is now [1, 1]."
    assert told[6] == "`c.view(2, 1)` makes d = [[1], [1]], a view that shares memory with c."


def test_a_sum_of_contributions_and_a_second_sweep_are_told() -> None:
    run = Run("""
        x = torch.tensor(3.0, requires_grad=True)
        y = x*x
        y.backward(retain_graph=True)
        y.backward()
    """)
    told = story(run.recording)
    assert told[4].startswith("MulBackward0 sends 3 to x: 1 · x.")
    assert "With what came before, that is 6." in told[5]
    assert told[6] == "Backward number 2 starts at y with gradient 1."
    assert told[8].endswith("x.grad becomes 12.")


def test_a_formula_is_given_in_names_and_in_numbers() -> None:
    run = Run(LESSON)
    end = run.recording.frame(10**6)
    power, product, total = (explain(end, operation) for operation in (1, 2, 3))
    assert (power.symbols, power.numbers) == ("y = w²", "2² = 4")
    assert (product.symbols, product.numbers) == ("result = 10 · y", "10 · 4 = 40")
    assert (total.symbols, total.numbers) == ("z = 10*y + 25", "40 + 25 = 65")
    assert power.backward == "PowBackward0"
    assert power.doc


def test_derivatives_are_given_as_a_factor_a_rule_and_in_numbers() -> None:
    run = Run(LESSON)
    (to_y,) = explain(run.recording.frame(10**6), 2).derivatives
    assert (to_y.name, to_y.local, to_y.rule, to_y.numbers) == ("y", "∂result/∂y = 10", "g · 10", "1 · 10 = 10")
    (to_w,) = explain(run.recording.frame(10**6), 1).derivatives
    assert (to_w.local, to_w.rule, to_w.numbers) == ("∂y/∂w = 2 · w", "g · 2 · w", "10 · 2 · 2 = 40")
    (before,) = explain(run.recording.frame(4), 1).derivatives
    assert (before.numbers, before.gradient) == ("", None)


def test_inputs_that_need_no_gradient_have_no_derivative() -> None:
    run = Run("""
        w = torch.tensor(2.0, requires_grad=True)
        c = torch.tensor(3.0)
        y = w*c
        q = c*c
    """)
    end = run.recording.frame(10**6)
    assert [d.name for d in explain(end, run.operation("y").id).derivatives] == ["w"]
    assert explain(end, run.operation("q").id).derivatives == ()


def test_negative_numbers_stand_in_parentheses() -> None:
    run = Run("""
        a = torch.tensor(-2.0, requires_grad=True)
        y = a*a
    """)
    assert explain(run.recording.frame(10**6), 1).numbers == "(-2) · (-2) = 4"


def test_exclusive_or_is_no_power() -> None:
    run = Run("""
        a = torch.tensor(6)
        y = a ^ 2
    """)
    explained = explain(run.recording.frame(10**6), 1)
    assert (explained.symbols, explained.numbers) == ("y = a xor 2", "6 xor 2 = 4")


@pytest.mark.parametrize("index", ["0", "-1", ":, 1", "1:3", ":, ::2", "2:"])
def test_a_part_of_a_tensor_is_written_as_the_index_that_takes_it(index: str) -> None:
    recording = Run(f"""
        x = torch.arange(12.0, requires_grad=True).view(4, 3).clone()
        y = x[{index}]
    """).recording
    assert explain(recording.frame(10**6), len(recording.operations) - 1).symbols == f"y = x[{index}]"


def test_large_arrays_have_no_formula_in_numbers() -> None:
    run = Run("""
        a = torch.ones(20, 20, requires_grad=True)
        y = a*3
    """)
    explained = explain(run.recording.frame(10**6), 1)
    assert explained.symbols == "y = a · 3"
    assert explained.numbers == ""


def test_an_operation_unknown_to_the_table_is_explained_by_nothing() -> None:
    run = Run("""
        w = torch.tensor(2.0, requires_grad=True)
        w.data = torch.tensor(3.0)
        y = w*1
    """)
    (exchange,) = run.named("set_data")
    assert explain(run.recording.frame(10**6), exchange.id).symbols == ""


@pytest.mark.parametrize(
    ("rule", "factor"),
    [
        ("g", "1"),
        ("-g", "−1"),
        ("−g", "−1"),
        ("g · other", "other"),
        ("alpha · g", "alpha"),
        ("g / other", "1 / other"),
        ("−g / other", "−1 / other"),
        ("g, repeated", ""),
        ("g @ otherᵀ", ""),
        ("g · input − g", ""),
        ("inputᵀ @ g", ""),
    ],
)
def test_the_local_derivative_is_what_the_upstream_gradient_is_multiplied_with(rule: str, factor: str) -> None:
    assert local_factor(rule) == factor


def test_words_are_replaced_and_small_sums_done() -> None:
    terms = {"input": "(a + b)", "exponent": "3", "alpha": ""}
    assert put("exponent · input^(exponent − 1)", terms.get) == "3 · (a + b)²"
    assert put("exp(input)", terms.get) == "exp(a + b)"
    assert put("input + alpha · other", terms.get) == "a + b + other"
    assert put("input · other", terms.get) == "(a + b) · other"


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("w", True),
        ("f(a + b)", True),
        ("x[0, 1]", True),
        ("a + b", False),
        ("-a", False),
        ("a.b", True),
        ("(a + b)", True),
    ],
)
def test_what_can_stand_beside_an_operator_needs_no_parentheses(text: str, alone: bool) -> None:
    assert atomic(text) is alone


def test_a_value_is_called_by_its_name_its_expression_or_its_number() -> None:
    run = Run(LESSON + "\n    w.data.add_(1)\n    q = [(w + 1) for i in range(2)]")
    end = run.recording.frame(10**6)
    assert [label(end, value) for value in range(4)] == ["w", "y", "10*y", "z"]
    last = run.named("add")[-1].inputs[0]
    assert label(end, last) == "w"
    assert one_line("a(\n   b)") == "a( b)"


def test_the_ledger_lists_every_contribution_with_its_sum_over_all_sweeps() -> None:
    run = Run("""
        x = torch.tensor(3.0, requires_grad=True)
        y = x*x
        y.backward(retain_graph=True)
        y.backward()
    """)
    rows = ledger(run.recording.frame(10**6), 0)
    told = [(row.kind, row.sweep, short(row.gradient), short(row.total), row.slot) for row in rows]
    assert told == [
        ("contribution", 0, "3", "3", 0),
        ("contribution", 0, "3", "6", 1),
        ("grad", 0, "6", "6", -1),
        ("contribution", 1, "3", "3", 0),
        ("contribution", 1, "3", "6", 1),
        ("grad", 1, "6", "12", -1),
    ]
    assert [row.kind for row in ledger(run.recording.frame(10**6), 1)] == ["start", "start"]
    assert ledger(run.recording.frame(2), 0) == []


def test_a_missing_sentence_is_an_error() -> None:
    with pytest.raises(KeyError):
        sentence("en", "stop.never")


def test_a_long_expression_stands_for_its_value_cut_and_in_parentheses() -> None:
    run = Run("h = torch.tanh(torch.ones(2, 3) @ torch.ones(3, 2, requires_grad=True) + 1)")
    symbols = [explain(run.recording.frame(10**6), operation.id).symbols for operation in run.recording.operations]
    assert symbols[-1] == "h = tanh (torch.ones(2, 3) @ torch.ones(3…)"
    assert symbols[2] == "result = torch.ones(2, 3) · torch.ones(3, 2, requires_grad…)"


def test_one_of_several_results_is_called_by_its_place() -> None:
    run = Run("h = torch.ones(3).max(dim=0)[0] * 2")
    assert explain(run.recording.frame(10**6), 2).symbols == "h = torch.ones(3).max(dim=0)[0] · 2"


@pytest.mark.parametrize(
    ("options", "formula"),
    [
        ("lr=0.5", "w = w − 0.5 · w.grad"),
        ("lr=0.5, weight_decay=0.1", "w = w − 0.5 · (w.grad + 0.1 · w)"),
        ("lr=0.5, momentum=0.9", "w = w − 0.5 · w.grad, with momentum = 0.9"),
    ],
)
def test_an_update_is_told_with_the_options_that_are_on(options: str, formula: str) -> None:
    run = Run(
        f"""
        w = torch.tensor(2.0, requires_grad=True)
        (w * 3).backward()
        SGD([w], {options}).step()
    """,
        {"SGD": SGD},
    )
    assert explain(run.recording.frame(10**6), run.recording.operations[-1].id).symbols == formula


def test_every_common_mistake_is_explained_in_korean_too() -> None:
    for row in TABLE:
        kind, _, message = row.example.partition(": ")
        error = Error(kind, message, explanation=explain_error(kind, message))
        korean = explained(error, "ko")
        assert re.search("[가-힣]", korean)
        assert "{" not in korean or "{loss}" in korean
        assert explained(error, "en") == error.explanation
    assert set(mistakes("ko")) == {row.explanation for row in TABLE}


def test_an_explanation_that_no_table_has_stays_as_it_is() -> None:
    assert explained(Error("ValueError", "odd", explanation="Try again."), "ko") == "Try again."


def test_an_input_used_twice_has_two_shares_and_no_single_factor() -> None:
    run = Run("""
        x = torch.tensor(3.0, requires_grad=True)
        y = x * x
        y.backward()
    """)
    shares = explain(run.recording.frame(10**6), 1).derivatives
    assert [(share.local, share.rule, share.numbers) for share in shares] == [("", "g · x", "1 · 3 = 3")] * 2


def test_what_a_backward_pass_computes_is_told_by_its_formula() -> None:
    result = run_program(
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x**4\n"
        "slope, = torch.autograd.grad(y, x, create_graph=True)\n"
    )
    frame = result.frame(len(result.stops))
    told = [written(frame, step) for step in result.operations if step.order]
    assert told == ["x³", "4 · x³", "∂y/∂y · 4 · x³"]


def test_what_was_broadcast_is_told_to_be_summed() -> None:
    told = story(
        Run("""
        x = torch.ones(3, 2, requires_grad=True)
        b = torch.tensor([1., 2.], requires_grad=True)
        (x * b).sum().backward()
        """).recording
    )
    assert told[-1] == (
        "MulBackward0 sends [3, 3] to b: g · x. It was broadcast from (2,) to (3, 2), so this is the sum over its "
        "copies. b.grad becomes [3, 3]."
    )
    assert "broadcast" not in told[-2]


def test_formulas_keep_their_arrays_whole_in_korean() -> None:
    assert spoken("[0.5, 0.5] where x > 0", "ko") == "x > 0이면 [0.5, 0.5]"
    assert spoken("[[0, 1], [1, 0]] in its place, 0 elsewhere", "ko") == "제자리에 [[0, 1], [1, 0]], 나머지는 0"
    assert spoken("1, repeated", "ko") == "되풀이한 1"
    assert spoken("1 where it is the extreme", "ko") == "최대나 최소인 자리에 1"
    assert spoken("1, repeated", "en") == "1, repeated"


def test_the_latest_rows_of_a_long_ledger_are_the_end_of_all_of_it() -> None:
    run = Run("""
        w = torch.tensor(2.0, requires_grad=True)
        for i in range(3):
            y = w
            for j in range(10):
                y = y * w
            y.backward()
            if i == 1:
                w.grad = None
        """)
    end = run.recording.frame(10**6)
    whole = ledger(end, 0)
    assert len(whole) > 30
    for latest in (1, 5, 12, 40):
        assert ledger(end, 0, latest) == whole[-latest:]
