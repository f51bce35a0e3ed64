"""What a recording is made of: frozen, tagged structs that hold ids and summaries, never objects.

Owns the vocabulary shared by the worker, the file format, the pictures and the window.  How steps are made is
`recorder`'s, how they are read at a moment is `frame`'s, how they are stored is `file`'s.

Two number spaces: an *operation* id counts operations in the order they ran; a *value* id counts tensor versions
(each output of an operation is a new value; an in-place operation makes a new value of the same tensor).
Constants such as the `10` of `10 * y` are not values; they stand in `Operation.arguments`.

All structs are immutable and cannot form cycles, so the garbage collector is told to leave them alone (`gc=False`):
a recording has millions.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from visgrad.recording.chart import Chart
from visgrad.recording.statistics import Statistics, missing, statistics

WHOLE = 64
"""Arrays of at most this many elements are summarised whole."""


class Span(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A piece of the program's text: 1-based lines, 0-based character columns, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One level of the learner's call stack: in which function, at which piece of text.

    `module` is the dotted path of the `nn.Module` whose `forward` this is, from the program's name for the outermost
    (`"model.0"`, `"net.encoder.layer1"`), or from its class's name if it has none; else "".  A module of the engine's
    own is a level of its own, at the place from which the program called it.
    """

    function: str
    span: Span
    module: str = ""


class Summary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is shown of an array: all of it when it has at most `WHOLE` elements, else a sample.

    `whole`: all elements, C order, little-endian, in the array's dtype, else b"".  `sample`: about 256 elements of
    the array seen as a matrix, strided, as float32 bytes of `sample_shape` (rows, columns); b"" beside `whole`.

    The statistics are worked out from these when they are asked for, so those of large arrays are the sample's.
    `minimum` … `std` disregard nan and inf (and are nan when nothing is left).  `histogram`: counts over equal bins
    from minimum to maximum.  Complex numbers count by their absolute values.
    """

    shape: tuple[int, ...]
    dtype: str
    device: str = "cpu"
    whole: bytes = b""
    sample: bytes = b""
    sample_shape: tuple[int, int] = (0, 0)

    @property
    def nans(self) -> int:
        """How many elements are nan."""
        return self._missing()[0]

    @property
    def infs(self) -> int:
        """How many elements are infinite."""
        return self._missing()[1]

    @property
    def minimum(self) -> float:
        return self._statistics().minimum

    @property
    def maximum(self) -> float:
        return self._statistics().maximum

    @property
    def mean(self) -> float:
        return self._statistics().mean

    @property
    def std(self) -> float:
        return self._statistics().std

    @property
    def histogram(self) -> tuple[int, ...]:
        return self._statistics().histogram

    def _missing(self) -> tuple[int, int]:
        return missing(self.dtype, self.whole) if self.whole else missing("float32", self.sample)

    def _statistics(self) -> Statistics:
        return statistics(self.dtype, self.whole) if self.whole else statistics("float32", self.sample)


class Argument(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One argument of a call: `input` is an index into `Operation.inputs`, or -1 and `text` is the constant's repr."""

    name: str
    input: int = -1
    text: str = ""


class Output(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One result of an operation.

    `role`: "leaf" (requires grad, no history), "parameter", "constant" (a tensor that needs no grad and has no
    inputs), "result" (has a grad_fn), "no_grad" (computed without history), "detached".
    `tensor`: identity of the tensor object, equal for the versions of one tensor.  `version`: its version counter.
    `view_of`: the value it shares storage with, or -1.
    """

    value: int
    summary: Summary
    role: str
    requires_grad: bool = False
    tensor: int = 0
    version: int = 0
    view_of: int = -1


class Operation(msgspec.Struct, frozen=True, tag_field="step", tag="op", gc=False):
    """An operation ran (creation of a tensor is an operation without inputs).

    `op`: the registry's name (`mul`).  `backward`: the grad_fn's name (`MulBackward0`) or "".  `inputs`: value ids in
    argument order, repeats kept.  `call`: the expression the learner wrote for it (`10*y`), "" if unknown; of what a
    layer of the engine's does, `model.0(…)`.
    `where`: the learner's call stack, innermost first.  `order`: 0 forward; n: ran inside an n-th order backward.
    `in_place`: the result replaces `inputs[0]`; if that is a view, a second output is the new value of its base.
    Some operations are not the engine's but tell of what happened otherwise: "given" (a tensor from outside),
    "Parameter", "data", "grad" (a tensor met through these attributes of its input), "requires_grad_", "set_data",
    "as_strided", "earlier" (a tensor that was made in a step that is not kept).
    """

    id: int
    op: str
    inputs: tuple[int, ...]
    outputs: tuple[Output, ...]
    arguments: tuple[Argument, ...] = ()
    backward: str = ""
    call: str = ""
    where: tuple[Call, ...] = ()
    order: int = 0
    in_place: bool = False


class Bind(msgspec.Struct, frozen=True, tag_field="step", tag="bind", gc=False):
    """A name of the program now stands for a value (`w` for value 0)."""

    name: str
    value: int
    line: int = 0


class Pass(msgspec.Struct, frozen=True, tag_field="step", tag="pass", gc=False):
    """What follows belongs to pass `number` (1, 2, …) of the loop at this line, as far as it lies in the loop."""

    line: int
    number: int


class Gap(msgspec.Struct, frozen=True, tag_field="step", tag="gap", gc=False):
    """So many steps were not kept here: what is before is the beginning of the run, what follows its latest steps."""

    steps: int


class BackwardBegin(msgspec.Struct, frozen=True, tag_field="step", tag="begin", gc=False):
    """Sweep number `sweep` (0, 1, …) starts at these values with these upstream gradients, from this line."""

    sweep: int
    roots: tuple[int, ...]
    gradients: tuple[Summary, ...]
    where: tuple[Call, ...] = ()


class Contribution(msgspec.Struct, frozen=True, tag_field="step", tag="grad", gc=False):
    """The vector–Jacobian product of operation `source`, for its input `slot`, reached `value`.

    `gradient` is this product, `total` the sum of all contributions to `value` so far in this sweep.
    """

    sweep: int
    source: int
    slot: int
    value: int
    gradient: Summary
    total: Summary


class Accumulation(msgspec.Struct, frozen=True, tag_field="step", tag="accumulate", gc=False):
    """A gradient was added into `.grad` of `value` (a leaf, or one that retains its gradient); `grad` is the result.

    After the end of the sweep: the program itself wrote into the `.grad`, as `w.grad.zero_()` does.
    """

    sweep: int
    value: int
    grad: Summary
    first: bool = True


class Clearing(msgspec.Struct, frozen=True, tag_field="step", tag="clear", gc=False):
    """The program took away the `.grad` of these values, all at once (`w.grad = None`, `zero_grad()`)."""

    values: tuple[int, ...]
    where: tuple[Call, ...] = ()


class BackwardEnd(msgspec.Struct, frozen=True, tag_field="step", tag="end", gc=False):
    """The sweep is over."""

    sweep: int


class Print(msgspec.Struct, frozen=True, tag_field="step", tag="print", gc=False):
    """The program wrote text.  `stream`: "stdout", "stderr", or "result" (the value of a cell's last expression)."""

    text: str
    stream: str = "stdout"
    line: int = 0


class Part(msgspec.Struct, frozen=True, gc=False):
    """One exception of a group: how deep in it, its number among its neighbours (0: those that are left out)."""

    level: int
    number: int
    type: str
    message: str
    where: tuple[Call, ...] = ()


class Error(msgspec.Struct, frozen=True, tag_field="step", tag="error", gc=False):
    """A cell of the program ended in an error; with the program's last cell that is the last step.

    `where`: the program's own frames, outermost first (a syntax error has one).  `operation`: the id of the operation
    to blame, or -1.  `explanation`: plain words, or "".  `parts`: those of an exception group, each before its own.
    """

    type: str
    message: str
    where: tuple[Call, ...] = ()
    explanation: str = ""
    operation: int = -1
    parts: tuple[Part, ...] = ()


Step: TypeAlias = (
    Operation
    | Bind
    | Pass
    | Gap
    | BackwardBegin
    | Contribution
    | Accumulation
    | Clearing
    | BackwardEnd
    | Print
    | Chart
    | Error
)


class Outcome(msgspec.Struct, frozen=True):
    """How a run ended: `kind` is "done", "error", "stopped", "limit" or "died"; `message` says it to a person.

    `status` is what a program gave to `exit`.
    """

    kind: str
    message: str = ""
    seconds: float = 0.0
    status: int = 0
