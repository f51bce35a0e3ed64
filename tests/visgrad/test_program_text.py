"""From text to code: Markdown, cells, places in the text, errors and their explanations."""

from __future__ import annotations

import ast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visgrad.program.compile import compile_program
from visgrad.program.errors import PROGRAM, Refused, describe, last_line, traceback_lines
from visgrad.program.explanations import TABLE, Row, explain
from visgrad.program.markdown import is_markdown, to_program
from visgrad.program.namespace import namespace


class Silent:
    """A report that remembers what it is told."""

    def __init__(self) -> None:
        self.bound: list[tuple[str, object, int]] = []

    def bind(self, name: str, obj: object, line: int) -> None:
        self.bound.append((name, obj, line))

    def loop(self, line: int, begins: bool) -> None: ...
    def print(self, text: str, stream: str, line: int) -> None: ...
    def flush(self) -> None: ...


def _run(source: str) -> Silent:
    report = Silent()
    names = namespace(report, (object,), __import__)
    for cell in compile_program(source):
        exec(cell.code, names)
    return report


def _error(source: str) -> BaseException:
    try:
        _run(source)
    except BaseException as error:
        return error
    raise AssertionError("the program ran")


# -- Markdown ------------------------------------------------------------------------------------------------------


def test_prose_becomes_comments_and_fences_become_cells() -> None:
    text = "---\nlayout: x\n---\n# Title\n\nSome *words*.\n<br>\n```python\nx = 1\n```\n    shown\n~~~py\nx\n~~~\nend\n"
    assert to_program(text) == "# %%\n# # Title\n# Some *words*.\nx = 1\n\n# %%\nx\n\n# end\n"


def test_other_languages_and_notebook_commands_are_left_out() -> None:
    text = "```bash\npip install torch\n```\n```python\n%matplotlib inline\n!ls\nx = 5 % 2\n```\n"
    assert to_program(text) == "# %%\n# %matplotlib inline\n# !ls\nx = 5 % 2\n"


def test_code_keeps_its_every_character() -> None:
    code = "def f():\n    return '''a\n\n   b'''  # 끝"
    assert code in to_program(f"```python\n{code}\n```")


def test_markdown_is_told_by_its_name_or_its_fences() -> None:
    assert is_markdown("words", "lesson.md")
    assert is_markdown("text\n```python\nx\n```\n")
    assert not is_markdown("x = '''\n```\n'''\n", "program.py")


@given(st.text())
def test_any_markdown_becomes_some_text(text: str) -> None:
    assert isinstance(to_program(text), str)


# -- places --------------------------------------------------------------------------------------------------------


def test_every_piece_of_code_keeps_its_place_in_the_text() -> None:
    """What is woven in sits where the text it stands for is, so an operation's expression can be found."""
    source = (
        "a = b = (1 + 2) * 3\nclass C:\n    def f(self, _x):\n        self._y = _x ** n\n        return self._y.real\n"
    )
    (cell,) = compile_program(source)
    code = cell.code
    lines = len(source.splitlines())
    todo, seen = [code], 0
    while todo:
        piece = todo.pop()
        assert piece.co_filename == PROGRAM
        todo += [constant for constant in piece.co_consts if hasattr(constant, "co_positions")]
        for line, end_line, column, end_column in piece.co_positions():
            if line:
                seen += 1
                assert 1 <= line <= (end_line or line) <= lines
                assert column is None or end_column is None or line != end_line or column <= end_column
    assert seen > 30


def test_bindings_are_reported_with_their_lines() -> None:
    report = _run("x = 1\ny, (z, *w) = 2, (3, 4)\nfor i in [5]: pass\nx += 1\nif (n := 6): pass\n")
    assert report.bound == [("x", 1, 1), ("y", 2, 2), ("z", 3, 2), ("w", [4], 2), ("i", 5, 3), ("x", 2, 4), ("n", 6, 5)]


# -- errors --------------------------------------------------------------------------------------------------------


def test_an_error_is_told_with_the_programs_frames_outermost_first() -> None:
    source = "def f(n):\n    return 한글(n)\ndef 한글(n):\n    return [1][n]\nf(3)\n"
    step = describe(_error(source), source)
    assert (step.type, step.message) == ("IndexError", "list index out of range")
    assert [(c.function, c.span.line) for c in step.where] == [("<module>", 5), ("f", 2), ("한글", 4)]
    assert step.where[1].span.column == 11
    assert step.where[1].span.end_column == 16


def test_a_very_deep_error_keeps_its_ends() -> None:
    source = "def f(n): return f(n + 1)\nf(0)\n"
    step = describe(_error(source), source)
    assert step.type == "RecursionError"
    assert len(step.where) <= 200
    assert step.where[0].function == "<module>"


def test_an_error_whose_str_fails_is_still_told() -> None:
    source = "class E(Exception):\n    def __str__(self): return 1 / 0\nraise E()\n"
    assert last_line(describe(_error(source), source)) == "E: <exception str() failed>"


def test_a_long_message_is_cut() -> None:
    source = "raise ValueError('x' * 10**6)\n"
    assert len(describe(_error(source), source).message) < 30_000


def test_the_traceback_reads_as_pythons_own() -> None:
    source = "x = [1, 2]\ny = x[0] + x[5]\n"
    lines = traceback_lines(describe(_error(source), source), source, "lesson.py")
    assert lines == [
        "Traceback (most recent call last):",
        '  File "lesson.py", line 2, in <module>',
        "    y = x[0] + x[5]",
        "               ~^^^",
        "IndexError: list index out of range",
    ]


@pytest.mark.parametrize(
    ("source", "kind", "line"),
    [
        ("x = 1\nif x\n  pass\n", "SyntaxError", 2),
        ("def f():\nreturn 1\n", "IndentationError", 2),
        ("if True:\n\tx = 1\n        y = 2\n", "TabError", 3),
        ("x = '''abc\n", "SyntaxError", 1),
        ("return 1\n", "SyntaxError", 1),
        ("x\0y", "SyntaxError", 1),
        ("(" * 500 + ")" * 500, "SyntaxError", 1),
        ("-" * 50_000 + "1", "SyntaxError", 1),
        ("x = 1\n" * 200_000, "PermissionError", 1),
        ("x = " + "9" * 5000, "SyntaxError", 1),
        ("from __future__ import barry_as_FLUFL\nfrom __future__ import nothing", "SyntaxError", 2),
    ],
)
def test_what_is_no_program_is_refused_with_its_line(source: str, kind: str, line: int) -> None:
    with pytest.raises(Refused) as refused:
        compile_program(source)
    assert refused.value.kind == kind
    assert refused.value.span.line == line


def test_a_special_name_is_refused_wherever_it_is_bound() -> None:
    for source in ("__dict__ **= x", "__dict__ <<= x", "__dict__ += 1", "__dict__: int = 1", "for __dict__ in x: pass"):
        with pytest.raises(Refused):
            compile_program(source)


def test_the_first_refusal_in_the_text_is_the_one_told() -> None:
    with pytest.raises(Refused) as refused:
        compile_program("x.__dict__\ny.__code__\nz.__globals__\n")
    assert refused.value.span.line == 2


# -- explanations --------------------------------------------------------------------------------------------------


def test_common_mistakes_are_explained_with_their_own_numbers() -> None:
    said = explain("RuntimeError", "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)")
    assert "(3)" in said
    assert "(4)" in said
    assert explain("NameError", "name 'x_cuda' is not defined").startswith("Nothing is called x_cuda")
    assert explain("RuntimeError", "something nobody has met") == ""


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.example[:40])
def test_every_row_explains_its_example(row: Row) -> None:
    kind, _, message = row.example.partition(": ")
    said = explain(kind, message)
    assert said
    assert "{" not in said.replace("{loss}", "")
    assert said.startswith(row.explanation.partition("{")[0])
    assert said.endswith(".")


def test_forty_mistakes_are_explained() -> None:
    assert len(TABLE) >= 40


# -- fuzzing: whatever the text, the compiler answers with code or a refusal ------------------------------------------

NAMES = st.sampled_from(
    ["x", "_x", "__x", "__globals__", "__class__", "format", "self", "print", "ｆ__", "__dict__", "data", "f_back"]
)


def _expressions() -> st.SearchStrategy[str]:
    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("{}.{}".format, inner, NAMES),
            st.builds("{}[{}]".format, inner, inner),
            st.builds("{}({}, *{}, **{})".format, inner, inner, inner, inner),
            st.builds("({} {} {})".format, inner, st.sampled_from(["+", "**", "<<", "@", "and", "<", "in"]), inner),
            st.builds("[{} for {} in {} if {}]".format, inner, NAMES, inner, inner),
            st.builds("(lambda {}: {})".format, NAMES, inner),
            st.builds("({} := {})".format, NAMES, inner),
            st.builds("f'{{{}!r:{{{}}}}}'".format, inner, inner),
            st.builds("({} if {} else {})".format, inner, inner, inner),
        )

    return st.recursive(st.one_of(NAMES, st.sampled_from(["1", "2.0", "'s'", "None", "..."])), grow, max_leaves=8)


STATEMENTS = st.one_of(
    _expressions(),
    st.builds("{} = {}".format, _expressions(), _expressions()),
    st.builds("{} **= {}".format, NAMES, _expressions()),
    st.builds("{}.{} = {}".format, _expressions(), NAMES, _expressions()),
    st.builds(
        "class {}({}):\n    {} = {}\n    def {}(self): return {}".format, NAMES, NAMES, NAMES, NAMES, NAMES, NAMES
    ),
    st.builds("match {}:\n    case {}({}={}): {}".format, NAMES, NAMES, NAMES, NAMES, NAMES),
    st.builds("try: {}\nexcept {} as {}: {}".format, _expressions(), NAMES, NAMES, _expressions()),
    st.builds("with {} as {}: {}".format, _expressions(), NAMES, _expressions()),
    st.builds("for {} in {}: {}".format, NAMES, _expressions(), _expressions()),
    st.builds("import {} as {}".format, NAMES, NAMES),
    st.builds("del {}.{}".format, NAMES, NAMES),
    st.builds("def {}({}): global {}".format, NAMES, NAMES, NAMES),
)
SLOW = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(st.lists(STATEMENTS, min_size=1, max_size=3))
def test_no_compiled_program_names_a_special_attribute_that_is_not_listed(statements: list[str]) -> None:
    """A grammar of programs full of bad names: what compiles refers to no forbidden name in its code objects."""
    try:
        (cell,) = compile_program("\n".join(statements))
    except Refused:
        return
    todo = [cell.code]
    while todo:
        piece = todo.pop()
        todo += [constant for constant in piece.co_consts if hasattr(constant, "co_names")]
        for name in (*piece.co_names, *piece.co_varnames, *piece.co_cellvars, *piece.co_freevars):
            assert name not in ("__globals__", "__dict__"), name


def _refused(text: str) -> Refused | None:
    try:
        compile_program(text)
    except Refused as refused:
        return refused
    return None


@SLOW
@given(st.text(alphabet=st.sampled_from("abc_x1=().:,[]{}'\"\n\t *@#%\\한😀\x00\u2028"), max_size=60))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    refused = _refused(text)
    assert refused is None or refused.kind in ("SyntaxError", "IndentationError", "TabError", "PermissionError")
    assert refused is None or refused.span.line >= 1


@given(st.text(max_size=80))
def test_what_python_parses_the_policy_can_read(text: str) -> None:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return
    refused = _refused(text)
    assert refused is None or refused.kind in ("PermissionError", "SyntaxError")
