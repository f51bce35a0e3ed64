"""Turns what the recorder caught into steps: ids, roles, versions, summaries, places.

Owns the numbering of operations and values, and what is known of each live tensor (kept on the tensor itself, so that
it goes when the tensor goes).  Entries are tuples that begin with one of the kinds below; `recorder` makes them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any
from weakref import ref

import msgspec
import numpy as np

from engine.backends import device_of
from engine.node import Slot
from engine.registry import Op
from engine.tensor import Tensor
from visgrad.recording.arguments import Arguments
from visgrad.recording.known import GRADIENT, Known, leaf_of, note_owner, note_sharing, role_of, root_of, shared_with
from visgrad.recording.layers import is_parameter
from visgrad.recording.model import (
    Accumulation,
    Argument,
    BackwardBegin,
    BackwardEnd,
    Bind,
    Clearing,
    Contribution,
    Operation,
    Output,
    Step,
    Summary,
)
from visgrad.recording.places import Places, Stack
from visgrad.recording.retained import Retained
from visgrad.recording.summary import PACK, summarise

ORDINARY, OPERATION, GIVEN, REPLACED, BIND, MEMBER, BEGIN, CONTRIBUTION, ACCUMULATE, CLEAR, END, READY = range(12)

Entry = tuple[Any, ...]

float32, ndarray = np.float32, np.ndarray

_tokens = itertools.count()


class Decoder:
    """`decode(entries)` appends to `steps`.  Tensors and nodes carry their ids and the decoder's `token` as `_note`."""

    def __init__(self, places: Places, retained: Retained) -> None:
        self.steps: list[Step] = []
        self.token = next(_tokens)
        self.operations = 0
        self.values = 0
        self.at = 0
        self.kept = self.forgotten = 0
        self._places = places
        self._retained = retained
        self._bound: dict[str, int] = {}
        self._sweeps: list[tuple[int, int, Stack]] = []  # number, order, place of each sweep that is running
        self._swept = 0
        self._ordered = False  # whether there is anything of an order but 0
        self._summaries: dict[int, Summary] = {}
        self._arguments = Arguments()
        self._handlers: dict[int, Callable[..., None]] = {
            ORDINARY: self._ordinary,
            OPERATION: self._operation,
            GIVEN: self._given,
            REPLACED: self._replaced,
            BIND: self._bind,
            MEMBER: self._member,
            BEGIN: self._begin,
            CONTRIBUTION: self._contribution,
            ACCUMULATE: self._accumulate,
            CLEAR: self._clear,
            END: self._end,
            READY: self._ready,
        }

    def decode(self, entries: list[Entry]) -> None:
        """Turn entries into steps.  What is raised half-way (the end of a run) costs the entry it was `at`, no more."""
        handlers = self._handlers
        counted = self.operations, self.values, len(self.steps)
        try:
            for self.at, entry in enumerate(entries):
                handlers[entry[0]](*entry)
        except BaseException:
            self._count_again(*counted)
            self._forget(entries[self.at])
            raise
        finally:
            self._summaries.clear()  # their arrays may go now, and others take their ids

    def forget(self, kept: int, forgotten: int) -> None:
        """Values from `kept` up to `forgotten` are not there any more: a tensor that has one is told of once more."""
        self.kept, self.forgotten = kept, forgotten

    def _count_again(self, operations: int, values: int, start: int) -> None:
        """Number on from the last operation that was told; the one at hand may have taken numbers for nothing."""
        self.operations, self.values = operations, values
        for step in self.steps[start:]:
            if isinstance(step, Operation):
                self.operations += 1
                self.values += len(step.outputs)

    def _forget(self, entry: Entry) -> None:
        """Drop ids given to tensors by an entry that was not told."""
        for part in entry:
            for tensor in part if isinstance(part, tuple) else (part,):
                known = self._note(tensor) if isinstance(tensor, Tensor) else None
                if known is not None and known.value >= self.values:
                    tensor._note = None

    def _note(self, tensor: Tensor) -> Known | None:
        """What this decoder has noted of a tensor; another one's notes are not its."""
        known: Known | None = tensor._note
        return known if known is not None and known.token == self.token else None

    # operations

    def _ordinary(
        self,
        _: int,
        op: Op,
        inputs: tuple[Tensor, ...],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        out: Tensor,
        data: Any,
        fn: Any,
        requires_grad: bool,
        stack: Stack,
    ) -> None:
        """An operation that made one tensor with memory of its own: most do, so this is written out."""
        if self._sweeps:
            self._operation(OPERATION, op, inputs, args, kwargs, out, data, fn, requires_grad, stack, False)
            return
        token, forgotten = self.token, self.forgotten
        order = 0
        found: list[int] = []
        for tensor in inputs:
            k = tensor._note
            if k is None or k.token != token or k.base_value >= 0 or k.value < forgotten:
                k = self._known(tensor)
            if fn is not None and k.role == "constant":
                self._check_leaf(inputs, len(found), k, fn, stack)
            if k.order > order:
                order = k.order
            found.append(k.value)
        ids = tuple(found)
        value, number = self.values, self.operations
        if fn is None:
            role, name = role_of(op.name, out, fn, requires_grad, bool(inputs)), ""
        else:
            role, name = "result", type(fn).__name__
            fn._note = (token, number, ids, value, order)
        text, where = self._places.site(stack)
        out._note = Known(token, value, value, role, 0, order)
        self.values = value + 1
        summary = Summary((), "float32", "cpu", PACK(data)) if type(data) is float32 else self._value(value, data)
        outputs = (Output(value, summary, role, requires_grad, value),)
        given = self._arguments(op, args, kwargs)
        self.steps.append(Operation(number, op.name, ids, outputs, given, name, text, where))
        self.operations = number + 1

    def _operation(
        self,
        _: int,
        op: Op,
        inputs: tuple[Tensor, ...],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        out: Any,
        data: Any,
        fn: Any,
        requires_grad: bool,
        stack: Stack,
        written: bool,
    ) -> None:
        known = self._inputs(inputs, fn, stack)
        ids = tuple([k.value for k in known])
        role = "result" if fn is not None else role_of(op.name, out, fn, requires_grad, bool(inputs))
        text, where = self._places.site(stack)
        within = 0  # the order of the sweep in which this ran
        if self._sweeps:
            _, within, place = self._sweeps[-1]
            if place == stack:
                text = ""  # caused by the sweep: the expression there is the call of backward
        order = max([within, *[k.order for k in known]]) if self._ordered else 0
        before = -1
        if written:
            base = self._base(out)
            before = base.value if base is not None else -1
            outputs = self._rewritten(out, data, known, role, requires_grad, order)
        elif isinstance(out, tuple):
            parts = zip(out, data, strict=True)
            outputs = tuple([self._output(t, d, role, requires_grad, order, op.view) for t, d in parts])
        else:
            if op.view and inputs and out._base is None:
                note_sharing(out, inputs[0])
            outputs = (self._output(out, data, role, requires_grad, order, op.view),)
        number = self.operations
        if fn is not None and before >= 0 and out._base is not None:
            name = type(out._base._fn).__name__  # a write through a view is, to the graph, one into its base
        else:
            name = type(fn).__name__ if fn is not None else ""
        given = self._arguments(op, args, kwargs)
        self.steps.append(Operation(number, op.name, ids, outputs, given, name, text, where, within, written))
        self.operations = number + 1
        if fn is not None:
            fn._note = (self.token, number, ids, -1 if written else outputs[0].value, order)
            if before >= 0:
                self._link_written_view(number, ids, before, outputs[1].value, out)
        elif written:
            self._gradient_written(out, outputs[0].summary)

    def _gradient_written(self, tensor: Tensor, summary: Summary) -> None:
        """Tell of a write by the program into the `.grad` of a leaf, such as `w.grad.zero_()`."""
        leaf = leaf_of(tensor)
        if leaf is not None and leaf._grad is tensor and self._swept:
            known = self._known(leaf)
            self.steps.append(Accumulation(self._swept - 1, known.value, summary, False))
            known.graded = known.value

    def _inputs(self, inputs: tuple[Tensor, ...], fn: Any, stack: Stack) -> list[Known]:
        """What is known of an operation's inputs, after a look at what has become of them."""
        known: list[Known] = []
        for tensor in inputs:
            k = self._note(tensor)
            if k is None or k.base_value >= 0 or k.value < self.forgotten:
                k = self._known(tensor)
            if fn is not None and k.role == "constant":
                self._check_leaf(inputs, len(known), k, fn, stack)
            known.append(k)
        return known

    def _link_written_view(self, number: int, ids: tuple[int, ...], before: int, after: int, view: Any) -> None:
        """After a write through a view, gradients go from the view to its base's new value, and on from there."""
        if view._fn is not None:
            view._fn._note = (self.token, number, (after,), -1, 0)
        if view._base is not None and view._base._fn is not None:
            view._base._fn._note = (self.token, number, (before, *ids[1:]), -1, 0)

    def _output(
        self, tensor: Tensor, data: Any, role: str, requires_grad: bool, order: int, view: bool = True
    ) -> Output:
        """A new value, of a new tensor; one that may be a view tells whose."""
        base = self._base(tensor) if view else None
        base_value = base.value if base is not None else -1
        value = self.values
        self.values = value + 1
        tensor._note = Known(self.token, value, value, role, 0, order, base_value)
        return Output(value, self._value(value, data), role, requires_grad, value, 0, base_value)

    def _rewritten(
        self, tensor: Tensor, data: Any, inputs: list[Known], role: str, requires_grad: bool, order: int
    ) -> tuple[Output, ...]:
        """The new version of a tensor that was written in place; of a view, that of its base too."""
        known = inputs[0] if inputs else self._known(tensor)
        if role == "no_grad" and not requires_grad:
            role = known.role if known.role in ("constant", "detached") else role
        base = shared_with(tensor)
        if base is None:
            return (self._version(known, data, role, requires_grad, order, -1),)
        of_base = self._known(base)
        first = self._version(known, data, role, requires_grad, order, self.values + 1)
        base_role = role_of("", base, base._fn, base._req, True)
        return first, self._version(of_base, base._data, base_role, base._req, order, -1)

    def _version(self, known: Known, data: Any, role: str, requires_grad: bool, order: int, base_value: int) -> Output:
        """The next version of a known tensor.  `base_value` may be a value that is about to be told."""
        value = self.values
        self.values = value + 1
        known.value, known.role, known.order, known.base_value = value, role, order, base_value
        known.version += 1
        return Output(value, self._value(value, data), role, requires_grad, known.tensor, known.version)

    # tensors

    def _known(self, tensor: Tensor) -> Known:
        known = self._note(tensor)
        if known is None:
            return self._source(tensor, tensor._data, tensor._req, ())
        if known.base_value >= 0:
            base = self._base(tensor)
            if base is not None and base.value != known.base_value:
                self._shown_again(tensor, known, base)
        if self.kept <= known.value < self.forgotten:
            self._earlier(tensor, known)
        return known

    def _earlier(self, tensor: Tensor, known: Known) -> None:
        """Tell once more of a tensor whose making is not kept."""
        base = self._base(tensor)
        known.base_value = base.value if base is not None else -1
        output = self._version(known, tensor._data, known.role, tensor._req, known.order, known.base_value)
        known.version -= 1  # nothing was written
        self._tell("earlier", (), msgspec.structs.replace(output, version=known.version, view_of=known.base_value), ())
        if known.name:
            self.steps.append(Bind(known.name, output.value))

    def _base(self, tensor: Tensor) -> Known | None:
        shared = shared_with(tensor)
        return None if shared is None else self._known(shared)

    def _given(self, _: int, tensor: Tensor, data: Any, requires_grad: bool, leaf: Tensor | None, stack: Stack) -> None:
        """A tensor was met whose making was not seen; `leaf` has the same array."""
        if self._note(tensor) is not None:
            return
        if leaf is None:
            self._source(tensor, data, requires_grad, stack)
            return
        of = self._known(leaf)
        if is_parameter(tensor):
            output = self._output(tensor, data, "parameter" if requires_grad else "constant", requires_grad, 0)
            self._tell("Parameter", (of.value,), output, stack)
            return
        note_owner(tensor, leaf)
        output = self._output(tensor, data, "detached", False, 0)
        self._tell("data", (of.value,), output, stack, of.attribute("data"))

    def _source(self, tensor: Tensor, data: Any, requires_grad: bool, stack: Stack) -> Known:
        """Tell of a tensor that comes from elsewhere: another handle of a known result, a gradient, or anything."""
        if (again := self._result_of(tensor._fn)) is not None:
            tensor._note = again
            return again
        leaf = leaf_of(tensor)
        of = self._known(leaf) if leaf is not None else None
        role = role_of("", tensor, tensor._fn, requires_grad, False)
        output = self._output(tensor, data, role, requires_grad, 0)
        known: Known = tensor._note
        if of is None:
            self._tell("Parameter" if is_parameter(tensor) else "given", (), output, stack)
            return known
        if (root := root_of(tensor)) is not None:
            by = self._known(root)
            self._tell("grad", (of.value,), output, stack, f"∂{by.name}/∂{of.name}" if by.name and of.name else "")
            return known
        self._tell("grad", (of.value,), output, stack, of.attribute("grad"))
        if of.name:
            known.name = of.attribute("grad")
            self.steps.append(Bind(known.name, output.value))
        return known

    def _result_of(self, fn: Any) -> Known | None:
        """What is known of the result of a node: a derivative that saved it has a tensor of its own for it."""
        node, place = (fn._node, fn._number) if isinstance(fn, Slot) else (fn, 0)
        link = node._note if node is not None else None
        if link is None or link[0] != self.token or link[3] < 0 or self.kept <= link[3] < self.forgotten:
            return None
        value = link[3] + place
        return Known(self.token, value, value, "result", 0, link[4])

    def _tell(
        self, op: str, inputs: tuple[int, ...], output: Output, stack: Stack, call: str = "", in_place: bool = False
    ) -> None:
        """Tell of an operation that the engine did not report; it happened at `stack` or before."""
        shown = tuple([Argument("input", slot) for slot in range(len(inputs))])
        where = self._places.site(stack)[1]
        self.steps.append(Operation(self.operations, op, inputs, (output,), shown, "", call, where, 0, in_place))
        self.operations += 1

    def _shown_again(self, tensor: Tensor, known: Known, base: Known) -> None:
        """A view whose base was written shows another value now."""
        fn, role = tensor._fn, role_of("", tensor, tensor._fn, tensor._req, True)
        output = self._version(known, tensor._data, role, tensor._req, base.order, base.value)
        number = self.operations
        self._tell("as_strided", (base.value,), msgspec.structs.replace(output, view_of=base.value), ())
        if fn is not None and (fn._note is None or fn._note[0] != self.token):
            fn._note = (self.token, number, (base.value,), -1, 0)

    def _replaced(self, _: int, tensor: Tensor, data: Any, other: Tensor | None, stack: Stack) -> None:
        """A tensor's array was exchanged by an assignment to its `.data`; `other` has that array too."""
        known = self._known(tensor)
        before = known.value
        shown = self._known(other).value if other is not None else -1
        note_owner(tensor, other)
        output = self._version(known, data, known.role, tensor._req, known.order, shown)
        self._tell("set_data", (before,), output, stack, known.attribute("data = …"), in_place=True)

    def _check_leaf(self, inputs: tuple[Tensor, ...], slot: int, known: Known, fn: Any, stack: Stack) -> None:
        """Notice a constant that has been asked for gradients since it was made."""
        tensor = inputs[slot]
        if slot < len(fn._edges) and fn._edges[slot] is tensor:
            self._asked(tensor, known, tensor._data, stack)

    def _asked(self, tensor: Tensor, known: Known, data: Any, stack: Stack) -> None:
        before = known.value
        output = self._version(known, data, "leaf", True, known.order, known.base_value)
        known.version -= 1  # nothing was written
        output = msgspec.structs.replace(output, version=known.version)
        self._tell("requires_grad_", (before,), output, stack, known.attribute("requires_grad_()"), in_place=True)

    # names

    def _bind(self, _: int, name: str, tensor: Tensor, requires_grad: bool, data: Any, line: int, stack: Stack) -> None:
        known = self._known(tensor)
        if known.role == "constant" and requires_grad:
            self._asked(tensor, known, data, stack)
        known.name = name
        if self._bound.get(name) != known.value:
            self._bound[name] = known.value
            self.steps.append(Bind(name, known.value, line))

    def _member(
        self, _: int, name: str, tensor: Tensor, requires_grad: bool, data: Any, line: int, stack: Stack
    ) -> None:
        """A tensor inside of something that got a name: it is called by its place there, unless it has a name.

        What was `self.weight` while its object was made has a better one as soon as the object has.
        """
        known = self._known(tensor).name
        if not known or known.startswith("self.") or name in self._bound:
            self._bind(_, name, tensor, requires_grad, data, line, stack)

    def _ready(self, _: int, step: Step) -> None:
        self.steps.append(step)

    # sweeps

    def _begin(self, _: int, roots: tuple[Tensor, ...], gradients: tuple[Any, ...], stack: Stack) -> None:
        known = [self._known(root) for root in roots]
        order = 1 + max([k.order for k in known], default=0)
        self._sweeps.append((self._swept, order, stack))
        self._ordered = True
        summaries = tuple([self._summary(gradient) for gradient in gradients])
        where = self._places.site(stack)[1]
        self.steps.append(BackwardBegin(self._swept, tuple([k.value for k in known]), summaries, where))
        self._swept += 1
        for k, gradient in zip(known, gradients, strict=True):
            self._retained.keep("gradient", k.value, gradient)

    def _contribution(self, _: int, node: Any, slot: int, gradient: Any, total: Any) -> None:
        link = node._note
        if link is None or link[0] != self.token or slot >= len(link[2]) or not self._sweeps:
            return  # history from before the recording began
        _, source, values, *_ = link
        value = values[slot]
        if type(total) is float32:
            sent = Summary((), "float32", "cpu", PACK(gradient))
            summed = sent if total is gradient else Summary((), "float32", "cpu", PACK(total))
            self.steps.append(Contribution(self._sweeps[-1][0], source, slot, value, sent, summed))
            return
        sent = self._summary(gradient)
        summed = sent if total is gradient else self._summary(total)
        self.steps.append(Contribution(self._sweeps[-1][0], source, slot, value, sent, summed))
        self._retained.keep("gradient", value, total)

    def _accumulate(self, _: int, leaf: Tensor, gradient: Any, grad: Any, holder: Tensor) -> None:
        known = self._known(leaf)
        if self._sweeps and not holder._req:  # what the program now finds in `.grad` is another value than before
            holder._note = None
            holder.__dict__[GRADIENT] = ref(leaf)
        sent = self._summary(gradient)
        kept = sent if grad is gradient else self._summary(grad)
        number = self._sweeps[-1][0] if self._sweeps else self._swept - 1
        self.steps.append(Accumulation(number, known.value, kept, kept == sent))
        known.graded = known.value
        self._retained.keep("gradient", known.value, grad)

    def _clear(self, _: int, leaves: tuple[Tensor, ...], stack: Stack) -> None:
        values = []
        for leaf in leaves:
            known = self._note(leaf)
            if known is not None and known.graded >= 0:  # else nobody has been told that it had a gradient
                values.append(known.graded)
                known.graded = -1
        if values:
            self.steps.append(Clearing(tuple(values), self._places.site(stack)[1]))

    def _end(self, _: int) -> None:
        if self._sweeps:
            self.steps.append(BackwardEnd(self._sweeps.pop()[0]))

    def _value(self, value: int, data: Any) -> Summary:
        """The summary of a value's array, which may be fetched in full later."""
        if type(data) is float32:
            return Summary((), "float32", "cpu", PACK(data))
        self._retained.keep("value", value, data)
        return self._summary(data)

    def _summary(self, data: Any) -> Summary:
        """The summary of an array; the arrays of the entries at hand are summarised once."""
        if type(data) is float32:
            return Summary((), "float32", "cpu", PACK(data))
        summary = self._summaries.get(id(data))
        if summary is None:
            if type(data) is ndarray:
                summary = summarise(data)
            else:
                summary = summarise(data, "cpu" if isinstance(data, np.generic) else str(device_of(data)))
            if data.shape:  # entries hold the arrays, so that their ids stay theirs; scalars come and go
                self._summaries[id(data)] = summary
        return summary
