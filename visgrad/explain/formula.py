"""The formula of an operation and its derivatives, in the learner's names and in numbers.

Owns putting names and numbers into the texts that stand beside the code in the operator table (`Op.formula`,
`Op.derivatives`), where `g` is the upstream gradient and `result` the output.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from engine.registry import OPS, Op
from visgrad.explain.label import atomic, label, named, term
from visgrad.recording.frame import Frame
from visgrad.recording.model import Contribution, Operation, Summary
from visgrad.recording.summary import figures, short, values

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SPOKEN = ("the ", "another ", "dimensions of ", ", with ")
"""A word after one of these is English, even where a parameter is called so."""
DIFFERENCE = re.compile(r"\((\d+(?:\.\d+)?) − (\d+(?:\.\d+)?)\)")
POWER_OF_X = re.compile(r"(?<=[\w)])(⁻)?ˣ")
FACTOR = re.compile(r"(?<=[\d½]) g\b")
POWER = re.compile(r" ?\^ ?\(?(-?\d+)\)?(?![\d.])")
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
FACTORS = (
    ("0", "0"),
    ("g", "1"),
    ("[-−]g", "−1"),
    ("([-−]?)g · (.+)", r"\1\2"),
    ("([-−]?)g( / .+)", r"\g<1>1\2"),
    ("(.+) · g", r"\1"),
    ("(.+) · g( [·/] .+)", r"\1\2"),
)
"""What a rule multiplies the upstream gradient with, by the rule's form."""
PROSE = re.compile(r",| where | in | of | over ")
OFF = re.compile(r"0(\.0)?")
"""An option of an optimizer that does nothing."""
UPSTREAM = "g"
NOTHING = ""
DEEPEST, LONGEST, SHORT = 3, 40, 16
"""How many operations are written into one another where nobody wrote them, and in how many characters."""
ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,} ")
SLOPE = re.compile(r"∂\w+/∂\w+")
WIDTH = 16
"""Arrays that take more characters are not written into a formula."""

Terms = Callable[[str], str | None]
"""The text for a word of a formula, None to leave it."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """How the gradient goes back to one input.

    `name`: the input's.  `local`: its own derivative, `∂z/∂y = 10`, "" where that is no single factor.  `rule`: the
    vector–Jacobian product in names, `g · 10`.  `numbers`: the same in numbers, `1 · 10 = 10`, "" before it ran;
    `gradient`: its result then.
    """

    slot: int
    value: int
    name: str
    local: str
    rule: str
    numbers: str
    gradient: Summary | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """`symbols`: `z = 10 · y`.  `numbers`: `10 · 4 = 40`.  `doc`: the operator's line of help.  `backward`: the name
    of its grad_fn.  What is not known is ""."""

    symbols: str
    numbers: str
    doc: str
    backward: str
    derivatives: tuple[Derivative, ...]


def explain(frame: Frame, operation: int) -> Explanation:
    """What an operation computed and how its gradients go back, as far as this frame knows."""
    step = frame.recording.operations[operation]
    op = OPS.get(step.op)
    if op is None or not step.outputs:
        return Explanation("", "", "", step.backward, ())
    result = ", ".join(_own_name(frame, output.value) for output in step.outputs)
    derivatives = (_derivative(frame, step, op, slot) for slot in range(len(step.inputs)))
    return Explanation(
        f"{result} = {put(_formula(op, step), _names(frame, step, op))}" if step.inputs and op.formula else "",
        _numbers(frame, step, op),
        op.doc,
        step.backward,
        tuple(derivative for derivative in derivatives if derivative is not None) if step.backward else (),
    )


def written(frame: Frame, step: Operation, depth: int = DEEPEST) -> str:
    """What an operation computes that nobody wrote, in the learner's names: `3 · x²`; "" where its formula does not
    say it, or not in a few words."""
    op = OPS.get(step.op)
    if op is None or not step.inputs or not step.outputs or PROSE.search(op.formula) or step.op.startswith("_"):
        return ""
    formula = _formula(op, step)
    for deep in range(depth - 1, -1, -1):
        pieces = {value: _piece(frame, step, value, deep) for value in step.inputs}
        text = put(formula, _terms(step, op, pieces.__getitem__, "result"))
        if len(text) <= LONGEST:
            return text if WORD.search(formula) and not ENGLISH.search(text) else ""
    return ""


def _piece(frame: Frame, user: Operation, value: int, depth: int) -> str:
    """What stands for a value in what nobody wrote: its name, the expression it came from, or an ellipsis."""
    if name := named(frame, value):
        return name
    recording = frame.recording
    step = recording.operations[recording.producer[value]]
    text = step.call if step.call and len(step.call) <= SHORT else ""
    if not step.call and depth > 0:
        text = written(frame, step, depth)
    alone = atomic(text) or SLOPE.fullmatch(text) or (user.op == step.op == "mul" and not step.call)
    return "…" if not text else text if alone else f"({text})"


def rule(frame: Frame, step: Contribution) -> str:
    """How a contribution came about: the upstream gradient as a number, the rest in names: `10 · 2 · w`; or ""."""
    operation = frame.recording.operations[step.source]
    op = OPS.get(operation.op)
    text = derivative(operation, step.slot)
    if op is None or not text:
        return ""
    names = _names(frame, operation, op)
    upstream = _upstream(frame, operation)
    return put(text, lambda word: upstream if word == UPSTREAM else names(word))


def derivative(operation: Operation, slot: int) -> str:
    """The text of the table's rule for an input, "" if there is none."""
    op = OPS.get(operation.op)
    name = next((argument.name for argument in operation.arguments if argument.input == slot), "")
    return "" if op is None else FACTOR.sub(" · g", op.derivatives.get(name, ""))


def put(text: str, terms: Terms) -> str:
    """A formula with its words replaced, and simplified where that needs no thought."""
    text = POWER_OF_X.sub(lambda found: "^(−x)" if found[1] else "^x", text)
    for word in WORD.findall(text):
        if terms(word) == NOTHING:  # a factor of 1 that nobody asked for
            text = re.sub(rf"\b{word} · | · {word}\b", "", text)

    def replace(found: re.Match[str]) -> str:
        written = terms(found[0])
        if written is None or written == NOTHING:
            return found[0] if written is None else "1"
        before, after = text[: found.start()], text[found.end() :]
        if before.endswith(SPOKEN) or after.startswith("("):  # `min(max(input, min), max)` has two of each
            return found[0]
        enclosed = before.endswith("(") and after.startswith(")")
        added = not before.rstrip("+ ") and (not after or after.startswith((" +", " −")))
        added = added or (before.endswith(" + ") and not after)
        return written[1:-1] if (enclosed or added) and _bracketed(written) else written

    text = WORD.sub(replace, text)
    text = DIFFERENCE.sub(lambda found: figures(float(found[1]) - float(found[2])), text)
    return POWER.sub(lambda found: "" if found[1] == "1" else found[1].translate(SUPERSCRIPT), text)


def _formula(op: Op, step: Operation) -> str:
    """An operator's formula for one call: `^` is a power but in xor, and options that are off are left out."""
    if "xor" in op.name:
        return op.formula.replace("^", "xor")
    if op.name in ("select", "slice"):
        return _indexed(step)
    if op.family != "optimizer":
        return op.formula
    text = op.formula
    for option in (argument.name for argument in step.arguments if OFF.fullmatch(argument.text)):
        text = re.sub(rf" \+ {option} · \w+|, with {option}\b", "", text)
    return re.sub(r"(?<= )\((\w+)\)", r"\1", re.sub(r", with (\w+)", r", with \1 = \1", text))


def _indexed(step: Operation) -> str:
    """The index of one dimension as a learner writes it: `input[0]`, `input[:, 1:3]`, `input[…, 0]`."""
    given = {argument.name: argument.text for argument in step.arguments if argument.text not in ("", "None")}
    key = given.get("index", "")
    if not key:
        key = f"{given.get('start', '')}:{given.get('end', '')}"
        key += f":{given['step']}" if given.get("step", "1") != "1" else ""
    dim = int(given.get("dim", "0"))
    places = [":"] * dim + [key] if dim >= 0 else ["…", key] + [":"] * (-1 - dim)
    return f"input[{', '.join(places)}]"


def _bracketed(text: str) -> bool:
    """Whether one pair of parentheses holds all of a text."""
    depth = 0
    for index, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return index == len(text) - 1 and text[:1] == "("
    return False


def _terms(step: Operation, op: Op, of_value: Callable[[int], str], result: str) -> Terms:
    """What the words of an operation's formulas stand for, its inputs written by `of_value`."""
    given: dict[str, list[str]] = {}
    for argument in step.arguments:
        text = of_value(step.inputs[argument.input]) if argument.input >= 0 else argument.text
        given.setdefault(argument.name, []).append(text)
    constants = {argument.name for argument in step.arguments if argument.input < 0}  # of these, only numbers are put
    several = {name for name, texts in given.items() if len(texts) > 1}

    def terms(word: str) -> str | None:
        if word in given:
            text = f"[{', '.join(given[word])}]" if word in several else _signed(given[word][0])
            return None if word in constants and text.startswith(("[", "(", "<")) and text[1:2] != "-" else text
        if word == "result":
            return result
        if word in ("x", "param") and "input" in given:  # functions of one number are written with an x
            return _signed(given["input"][0])
        at = op.index.get(word)
        default = op.defaults[at] if at is not None else None
        if isinstance(default, int | float) and not isinstance(default, bool):
            return NOTHING if default == 1 else figures(default)
        return None

    return terms


def _signed(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def _names(frame: Frame, step: Operation, op: Op) -> Terms:
    result = _own_name(frame, step.outputs[0].value)
    return _terms(step, op, lambda value: term(frame, value), result)


def _own_name(frame: Frame, value: int) -> str:
    """The name of a result; its expression would only say the formula again."""
    return named(frame, value) or "result"


def _numbers(frame: Frame, step: Operation, op: Op) -> str:
    """The formula in numbers, "" where an input is too large to be written."""
    if not step.inputs or not op.formula or not all(_writable(frame, value) for value in step.inputs):
        return ""
    result = ", ".join(short(output.summary) for output in step.outputs)
    text = put(_formula(op, step), _terms(step, op, lambda value: _number(frame, value), result))
    return f"{text} = {result}"


def _writable(frame: Frame, value: int) -> bool:
    summary = frame.recording.values[value].summary
    return values(summary) is not None and not short(summary, WIDTH).startswith("(")


def _number(frame: Frame, value: int) -> str:
    return _signed(short(frame.recording.values[value].summary)) if _writable(frame, value) else term(frame, value)


def _upstream(frame: Frame, step: Operation) -> str:
    """The gradient that has reached an operation's result, as a number where it is short, else `g`."""
    gradient = frame.gradient(step.outputs[0].value) if step.outputs else None
    if gradient is None or short(gradient, WIDTH).startswith("("):
        return UPSTREAM
    return _signed(short(gradient, WIDTH))


def _derivative(frame: Frame, step: Operation, op: Op, slot: int) -> Derivative | None:
    text = derivative(step, slot)
    if not text or not frame.recording.values[step.inputs[slot]].requires_grad:
        return None
    value = step.inputs[slot]
    names = _names(frame, step, op)
    result, name = _own_name(frame, step.outputs[0].value), label(frame, value)
    factor = local_factor(text)
    sent = [c for c in frame.contributions(value) if (c.source, c.slot) == (step.id, slot)]
    numbers = ""
    if sent and _upstream(frame, step) != UPSTREAM:
        upstream = _upstream(frame, step)
        in_numbers = _terms(step, op, lambda v: _number(frame, v), short(step.outputs[0].summary))
        written = put(text, lambda word: upstream if word == UPSTREAM else in_numbers(word))
        gradient = short(sent[-1].gradient)
        numbers = gradient if written == gradient else f"{written} = {gradient}"
    factor = put(factor, names)
    if _bracketed(factor):
        factor = factor[1:-1]
    several = step.inputs.count(value) > 1  # x * x: each place sends its share, neither is the derivative by x
    local = f"∂{result}/∂{term(frame, value)} = {factor}" if factor and not several else ""
    return Derivative(slot, value, name, local, put(text, names), numbers, sent[-1].gradient if sent else None)


def local_factor(text: str) -> str:
    """What a rule multiplies the upstream gradient with, "" where it does something else with it."""
    if PROSE.search(text):
        return ""
    for pattern, factor in FACTORS:
        if found := re.fullmatch(pattern, text):
            factor = found.expand(factor)
            return "" if UPSTREAM in WORD.findall(factor) else factor
    return ""
