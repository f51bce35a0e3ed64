"""Writes the tensors and expressions of the Build side into a program's text.

Pure text in, pure text out: the program stays the only truth, and comments, spacing and everything not understood
are kept as they are.  What a program holds is read by `rows`.
"""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize
from dataclasses import dataclass

from visgrad.program.rows import TensorRow, expressions, is_docstring, names, parse, tensors

INITS: tuple[str, ...] = ("values", "zeros", "ones", "full", "rand", "randn", "arange", "eye")
"""How the form can make a tensor; "values" is `torch.tensor` of numbers that are typed in."""

DTYPES: tuple[str, ...] = (
    "", "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
)  # fmt: skip
"""The dtypes the form offers; "" leaves the choice to torch."""

FLOATS = {"", "float32", "float64", "float16", "bfloat16"}
MAX_ELEMENTS = 1 << 28


class FormError(ValueError):
    """What was entered makes no tensor.  `field` names the entry; `reason` is a key of the translations."""

    def __init__(self, field: str, reason: str, **values: object) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
        self.values = values


@dataclass(frozen=True)
class TensorSpec:
    """What the form holds.  `values`: the text of the numbers for "values", the number for "full"."""

    name: str
    init: str = "randn"
    shape: str = ""
    values: str = ""
    dtype: str = ""
    device: str = ""
    requires_grad: bool = False


def spec_of(row: TensorRow) -> TensorSpec | None:
    """What the form would hold for a row, None if the form cannot say it."""
    if row.init not in INITS:
        return None
    spec = TensorSpec(row.name, row.init, row.shape, row.values, row.dtype, row.device, row.requires_grad)
    try:
        same = ast.dump(ast.parse(tensor_line(spec))) == ast.dump(ast.parse(f"{row.name} = {row.call}"))
    except (FormError, SyntaxError):
        return None
    return spec if same else None


def check_name(name: str, taken: set[str] | frozenset[str] = frozenset()) -> str:
    """The name, if a tensor may have it; FormError says why not."""
    name = name.strip()
    if not name:
        raise FormError("name", "empty_name")
    if not name.isidentifier():
        raise FormError("name", "bad_name", name=name)
    if keyword.iskeyword(name):
        raise FormError("name", "keyword_name", name=name)
    if name == "torch":
        raise FormError("name", "torch_name", name=name)
    if name.startswith("_"):
        raise FormError("name", "underscore_name", name=name)
    if name in taken:
        raise FormError("name", "taken_name", name=name)
    return name


def check_shape(shape: str) -> tuple[int, ...]:
    """The sizes typed as `2, 3`, `(2, 3)`, `2x3` or nothing (a single number); FormError says what is wrong."""
    inner = shape.strip().strip("()[]").strip().rstrip(",")
    parts = re.split(r"(?<=\d)\s*[x×]\s*(?=\d)|\s*,\s*|\s+", inner) if inner else []
    sizes = []
    for part in parts:
        if not re.fullmatch(r"\d{1,12}", part):
            raise FormError("shape", "bad_size", size=part)
        sizes.append(int(part))
    total = 1
    for size in sizes:
        total *= size
    if total > MAX_ELEMENTS:
        raise FormError("shape", "too_large", count=f"{total:,}")
    return tuple(sizes)


def tensor_line(spec: TensorSpec, taken: set[str] | frozenset[str] = frozenset()) -> str:
    """The program line that makes this tensor; FormError says which entry is wrong and why."""
    name = check_name(spec.name, taken)
    if spec.requires_grad and spec.dtype not in FLOATS:
        raise FormError("requires_grad", "integer_grad", dtype=spec.dtype)
    arguments = [_call_arguments(spec)]
    if spec.dtype:
        arguments.append(f"dtype=torch.{spec.dtype}")
    if spec.device:
        arguments.append(f'device="{spec.device}"')
    if spec.requires_grad:
        arguments.append("requires_grad=True")
    maker = "tensor" if spec.init == "values" else spec.init
    return f"{name} = torch.{maker}({', '.join(arguments)})"


def _call_arguments(spec: TensorSpec) -> str:
    if spec.init == "values":
        return _check_numbers(spec.values)
    sizes = check_shape(spec.shape)
    if spec.init == "full":
        return f"({_tuple(sizes)}), {_check_number(spec.values)}"
    if spec.init in {"arange", "eye"}:
        if not sizes or (spec.init == "arange" and len(sizes) != 1) or len(sizes) > 2:
            raise FormError("shape", f"{spec.init}_size")
        square = spec.init == "eye" and len(set(sizes)) == 1
        return str(sizes[0]) if square or len(sizes) == 1 else ", ".join(map(str, sizes))
    return ", ".join(map(str, sizes)) if sizes else "()"


def _tuple(sizes: tuple[int, ...]) -> str:
    return ", ".join(map(str, sizes)) + ("," if len(sizes) == 1 else "")


def _check_number(text: str) -> str:
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        value = None
    if not isinstance(value, int | float):
        raise FormError("values", "bad_number")
    return text.strip()


def _check_numbers(text: str) -> str:
    text = text.strip()
    if not text:
        raise FormError("values", "no_values")
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise FormError("values", "bad_values") from None
    if isinstance(value, tuple):  # `1, 2, 3` without brackets
        value, text = list(value), f"[{text.rstrip(',').strip('()')}]"
    _depth(value)
    return text


def _depth(value: object) -> tuple[int, ...]:
    """The sizes of nested lists of numbers; FormError if they are no rectangle of numbers."""
    if isinstance(value, int | float):
        return ()
    if not isinstance(value, list | tuple):
        raise FormError("values", "bad_values")
    inner = {_depth(entry) for entry in value}
    if len(inner) > 1:
        raise FormError("values", "ragged")
    return (len(value), *(inner.pop() if inner else ()))


def add_tensor(text: str, spec: TensorSpec) -> str:
    """The program with a line for this tensor after its imports and other tensors, `import torch` added if missing."""
    line = tensor_line(spec, names(text))
    text = _with_torch(text)
    rows = _leading_tensors(text)
    at = max(rows[-1].end if rows else 0, _import_end(text))
    return _insert(text, at, line)


def add_expression(text: str, expression: str) -> str:
    """The program with a statement at its end, `import torch` added if it is missing; FormError if it is no Python."""
    expression = expression.strip()
    if not expression:
        raise FormError("expression", "empty_expression")
    try:
        tree = ast.parse(expression)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormError("expression", "bad_expression", message=getattr(error, "msg", str(error))) from None
    if not tree.body:
        raise FormError("expression", "empty_expression")
    text = _with_torch(text)
    return _insert(text, len(text.rstrip().splitlines()), expression)


def replace_lines(text: str, start: int, end: int, line: str) -> str:
    """The program with lines `start`…`end` (1-based) replaced; a comment that followed the statement is kept."""
    lines = text.splitlines(keepends=True)
    old = lines[end - 1]
    ending = old[len(old.rstrip("\r\n")) :]
    comment = _trailing_comment("".join(lines[start - 1 : end]))
    return "".join([*lines[: start - 1], line + comment + ending, *lines[end:]])


def delete_lines(text: str, start: int, end: int) -> str:
    """The program without lines `start`…`end` (1-based)."""
    lines = text.splitlines(keepends=True)
    return "".join(lines[: start - 1] + lines[end:])


def _trailing_comment(statement: str) -> str:
    """The comment after a statement with the blanks before it, or ""."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(statement).readline):
            if token.type == tokenize.COMMENT:
                before = token.line[: token.start[1]]
                return before[len(before.rstrip()) :] + token.string
    except (tokenize.TokenError, IndentationError):
        pass
    return ""


def _with_torch(text: str) -> str:
    if "torch" in names(text):
        return text
    return _insert(text, _import_start(text), "import torch", blank=not tensors(text))


def _import_start(text: str) -> int:
    """The line after which an import goes: below the docstring, or the comments and blank lines that open the file."""
    tree = parse(text)
    first = tree.body[0] if tree and tree.body else None
    if first is not None and is_docstring(first):
        return first.end_lineno or 0
    lines = text.splitlines()
    end = first.lineno - 1 if first is not None else len(lines)
    blanks = [number for number in range(1, end + 1) if not lines[number - 1].strip()]
    return blanks[-1] if blanks else 0


def _import_end(text: str) -> int:
    """The last line of the imports (and `torch.manual_seed` right after them) at the top."""
    tree = parse(text)
    end = 0
    for statement in tree.body if tree else []:
        seeding = isinstance(statement, ast.Expr) and "manual_seed" in ast.unparse(statement)
        if not (isinstance(statement, ast.Import | ast.ImportFrom) or is_docstring(statement) or seeding):
            break
        end = statement.end_lineno or end
    return end


def _leading_tensors(text: str) -> list[TensorRow]:
    """The tensors made before anything is computed: the new one goes below them, where it can be used by all else."""
    expressions_start = min(
        (row.start for row in expressions(text) if "manual_seed" not in row.text), default=len(text.splitlines()) + 1
    )
    return [row for row in tensors(text) if row.end < expressions_start]


def _insert(text: str, after: int, line: str, blank: bool = False) -> str:
    """The text with a line after line `after` (0: at the top)."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    added = line + "\n" + ("\n" if blank and after < len(lines) and lines[after].strip() else "")
    return "".join([*lines[:after], added, *lines[after:]])
