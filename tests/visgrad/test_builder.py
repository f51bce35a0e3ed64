"""The Build side's reading and writing of program text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visgrad.program.builder import (
    FormError,
    TensorSpec,
    add_expression,
    add_tensor,
    check_shape,
    delete_lines,
    replace_lines,
    spec_of,
    tensor_line,
)
from visgrad.program.rows import expressions, names, tensors

LESSON = """# A lesson
import torch

w = torch.tensor(2.0, requires_grad=True)  # the leaf
y = w**2
z = 10*y + 25
"""


def test_the_form_writes_exactly_the_line_a_person_would() -> None:
    spec = TensorSpec("x", "randn", "2, 3", requires_grad=True)
    assert tensor_line(spec) == "x = torch.randn(2, 3, requires_grad=True)"


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        (TensorSpec("a", "zeros", "3"), "a = torch.zeros(3)"),
        (TensorSpec("a", "ones", "(2, 3)", dtype="float64"), "a = torch.ones(2, 3, dtype=torch.float64)"),
        (TensorSpec("a", "rand", "2x3x4"), "a = torch.rand(2, 3, 4)"),
        (TensorSpec("a", "zeros", ""), "a = torch.zeros(())"),
        (TensorSpec("a", "full", "3", "0.5"), "a = torch.full((3,), 0.5)"),
        (TensorSpec("a", "full", "", "7"), "a = torch.full((), 7)"),
        (TensorSpec("a", "arange", "6"), "a = torch.arange(6)"),
        (TensorSpec("a", "eye", "3, 3"), "a = torch.eye(3)"),
        (TensorSpec("a", "eye", "2, 3"), "a = torch.eye(2, 3)"),
        (TensorSpec("a", "values", "", "2.0", requires_grad=True), "a = torch.tensor(2.0, requires_grad=True)"),
        (TensorSpec("a", "values", "", "1, 2, 3"), "a = torch.tensor([1, 2, 3])"),
        (TensorSpec("a", "values", "", "[[1., 2.], [3., 4.]]"), "a = torch.tensor([[1., 2.], [3., 4.]])"),
        (TensorSpec("a", "ones", "2", device="cpu"), 'a = torch.ones(2, device="cpu")'),
    ],
)
def test_every_way_to_make_a_tensor_is_a_line_of_python(spec: TensorSpec, line: str) -> None:
    assert tensor_line(spec) == line
    compile(line, "line", "exec")


@pytest.mark.parametrize(
    ("spec", "field", "reason"),
    [
        (TensorSpec(""), "name", "empty_name"),
        (TensorSpec("2x"), "name", "bad_name"),
        (TensorSpec("for"), "name", "keyword_name"),
        (TensorSpec("torch"), "name", "torch_name"),
        (TensorSpec("_x"), "name", "underscore_name"),
        (TensorSpec("w"), "name", "taken_name"),
        (TensorSpec("x", "randn", "2, -3"), "shape", "bad_size"),
        (TensorSpec("x", "randn", "a, b"), "shape", "bad_size"),
        (TensorSpec("x", "randn", "100000, 100000"), "shape", "too_large"),
        (TensorSpec("x", "arange", "2, 3"), "shape", "arange_size"),
        (TensorSpec("x", "full", "2", "two"), "values", "bad_number"),
        (TensorSpec("x", "values", "", ""), "values", "no_values"),
        (TensorSpec("x", "values", "", "__import__('os')"), "values", "bad_values"),
        (TensorSpec("x", "values", "", "[[1, 2], [3]]"), "values", "ragged"),
        (TensorSpec("x", "zeros", "2", dtype="int64", requires_grad=True), "requires_grad", "integer_grad"),
    ],
)
def test_what_makes_no_tensor_is_refused_with_the_entry_to_blame(spec: TensorSpec, field: str, reason: str) -> None:
    with pytest.raises(FormError) as caught:
        tensor_line(spec, {"w"})
    assert (caught.value.field, caught.value.reason) == (field, reason)


@pytest.mark.parametrize("shape", ["2, 3", "(2, 3)", "[2,3]", "2 3", "2x3", "2 × 3", "2,3,"])
def test_a_shape_may_be_typed_in_many_ways(shape: str) -> None:
    assert check_shape(shape) == (2, 3)


def test_a_new_tensor_goes_below_the_other_tensors_and_above_what_is_computed() -> None:
    text = add_tensor(LESSON, TensorSpec("x", "randn", "2, 3", requires_grad=True))
    lines = text.splitlines()
    assert lines[4] == "x = torch.randn(2, 3, requires_grad=True)"
    assert [line for line in lines if line not in LESSON.splitlines()] == [lines[4]]


def test_an_empty_program_gets_the_import_as_well() -> None:
    assert add_tensor("", TensorSpec("x", "ones", "2")) == "import torch\nx = torch.ones(2)\n"


def test_a_program_without_the_import_gets_it_below_its_opening_comment() -> None:
    text = add_tensor("# Title\n\nprint(1)\n", TensorSpec("x", "ones", "2"))
    assert text == "# Title\n\nimport torch\nx = torch.ones(2)\n\nprint(1)\n"


def test_the_seed_is_set_before_a_new_random_tensor() -> None:
    text = add_tensor("import torch\ntorch.manual_seed(0)\nprint(1)\n", TensorSpec("x", "randn", "2"))
    assert text.splitlines()[1:3] == ["torch.manual_seed(0)", "x = torch.randn(2)"]


def test_an_expression_is_added_at_the_end() -> None:
    assert add_expression(LESSON, "q = z * 2") == LESSON + "q = z * 2\n"
    assert add_expression("import torch\n\n\n", "y = 1").splitlines() == ["import torch", "y = 1", "", ""]


def test_an_expression_that_is_no_python_is_refused() -> None:
    with pytest.raises(FormError):
        add_expression(LESSON, "y = = 2")
    with pytest.raises(FormError):
        add_expression(LESSON, "   ")


def test_tensors_and_expressions_are_read_from_the_text() -> None:
    (row,) = tensors(LESSON)
    assert (row.name, row.init, row.shape, row.dtype, row.requires_grad, row.start) == ("w", "values", "", "", True, 4)
    assert [entry.text for entry in expressions(LESSON)] == ["y = w**2", "z = 10*y + 25"]
    assert names(LESSON) == {"torch", "w", "y", "z"}


def test_what_the_form_cannot_say_is_shown_but_not_rewritten() -> None:
    (row,) = tensors("x = torch.randn(n, 2 * n, generator=g)\n")
    assert (row.name, row.shape) == ("x", "n, 2 * n")
    assert spec_of(row) is None


def test_editing_a_row_keeps_its_comment_and_everything_else() -> None:
    (row,) = tensors(LESSON)
    spec = spec_of(row)
    assert spec is not None
    line = tensor_line(TensorSpec(spec.name, "values", "", "3.0", requires_grad=True))
    text = replace_lines(LESSON, row.start, row.end, line)
    assert text == LESSON.replace("2.0", "3.0")


def test_a_statement_over_several_lines_is_replaced_and_deleted_whole() -> None:
    text = "import torch\nx = torch.tensor([\n    [1, 2],\n    [3, 4],\n])  # four\ny = x\n"
    (row,) = tensors(text)
    assert (row.shape, row.start, row.end) == ("2, 2", 2, 5)
    assert replace_lines(text, row.start, row.end, "x = 1") == "import torch\nx = 1  # four\ny = x\n"
    assert delete_lines(text, row.start, row.end) == "import torch\ny = x\n"


def test_a_hash_inside_a_string_is_no_comment() -> None:
    assert replace_lines('x = f("#")\n', 1, 1, "x = 1") == "x = 1\n"


def test_half_typed_programs_have_no_rows_and_raise_nothing() -> None:
    for text in ("x = (", "def f(:\n", "\0", "x = '''"):
        assert tensors(text) == []
        assert expressions(text) == []
        assert names(text) == set()


def test_the_length_of_a_range_is_read_off_its_end() -> None:
    text = "a = torch.arange(6.)\nb = torch.arange(2.5)\nc = torch.arange(n)\n"
    assert [row.shape for row in tensors(text)] == ["6", "3", "n"]


SIZES = st.lists(st.integers(0, 9), max_size=4).map(lambda sizes: ", ".join(map(str, sizes)))
SPECS = st.builds(
    TensorSpec,
    name=st.sampled_from(["x", "batch_1", "가중치", "Ω"]),
    init=st.sampled_from(["zeros", "ones", "rand", "randn", "full", "values"]),
    shape=SIZES,
    values=st.sampled_from(["1.5", "-2", "0"]),
    dtype=st.sampled_from(["", "float32", "float64"]),
    device=st.sampled_from(["", "cpu"]),
    requires_grad=st.booleans(),
)


@given(SPECS)
def test_what_the_form_writes_it_reads_again(spec: TensorSpec) -> None:
    text = add_tensor(LESSON, spec)
    assert [entry.text for entry in expressions(text)] == [entry.text for entry in expressions(LESSON)]
    row = next(row for row in tensors(text) if row.name == spec.name)
    again = spec_of(row)
    assert again is not None
    assert tensor_line(again) == tensor_line(spec)
    assert delete_lines(text, row.start, row.end) == LESSON


@given(st.text(alphabet="abx=+-*()[]{}:'\"#\n\t .,0123456789\\@가🙂", max_size=60))
def test_any_text_is_read_and_added_to_without_an_error(text: str) -> None:
    for read in (tensors, expressions, names):
        read(text)
    try:
        assert add_expression(text, "q = 1").count("q = 1") == text.count("q = 1") + 1
    except FormError:
        pytest.fail("a valid expression was refused")


@pytest.mark.parametrize(("shape", "size"), [("2, x", "x"), ("2x", "2x"), ("x", "x"), ("2,,3", "")])
def test_a_shape_with_something_that_is_no_size_is_refused(shape: str, size: str) -> None:
    with pytest.raises(FormError) as refused:
        check_shape(shape)
    assert refused.value.values == {"size": size}
