"""Operations as steps: what the engine reported of each, in the quickest way there is for its kind.

Owns the keys by which the form of an operation is known: the place in the program, the operator, the kinds of its
arguments and results.  What is worked out of a form is worked out once.
"""

from __future__ import annotations

from typing import Any

from engine.registry import Op
from engine.tensor import Tensor
from visgrad.recording.arguments import arguments, key_of
from visgrad.recording.forms import OperationForm, OutputForm
from visgrad.recording.known import Known, leaf_of, note_sharing, role_of, shared_with
from visgrad.recording.places import Places, Stack
from visgrad.recording.retained import Retained
from visgrad.recording.tensors import Tensors
from visgrad.recording.writer import SINGLE, Draft, float32


class Operations(Tensors):
    """Writes operations down."""

    def __init__(self, places: Places, retained: Retained) -> None:
        super().__init__(places, retained)
        self._sweeps: list[tuple[int, int, Stack]] = []  # number, order, place of each sweep that is running
        self._swept = 0
        self.at = 0  # which of the entries is being told
        self._ordered = False  # whether there is anything of an order but 0

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
        if self._sweeps or fn is None:
            self._operation(0, op, inputs, args, kwargs, out, data, fn, requires_grad, stack, False)
            return
        writer = self.writer
        token, forgotten = self.token, self.forgotten
        order = 0
        found: list[int] = []
        for tensor in inputs:
            k = tensor._note
            if k is None or k.token != token or k.base_value >= 0 or k.value < forgotten:
                k = self._known(tensor)
            if k.role == "constant":
                self._check_leaf(inputs, len(found), k, fn, stack)
            if k.order > order:
                order = k.order
            found.append(k.value)
        ids = tuple(found)
        value, number = writer.values, writer.operations
        fn._note = (token, number, ids, value, order)
        out._note = Known(token, value, value, "result", 0, order)
        writer.values = value + 1
        plan, told = (SINGLE, data) if type(data) is float32 else writer.value(value, data)
        key: tuple[Any, ...] | None
        if len(args) == 2 and not kwargs and type(args[0]) is Tensor and type(args[1]) in (Tensor, float):
            other = args[1]  # `x * y` and `x * 2.0`, quickly
            key = stack, op, fn.__class__, plan, requires_grad, other or repr(other) if type(other) is float else Tensor
        elif (key := key_of(op, args, kwargs)) is not None:
            key = stack, op, fn.__class__, plan, requires_grad, len(ids), key
        try:
            form = writer.quick.get(key) if key is not None else None
        except TypeError:  # a module of the program's own that has no hash
            form = None
        if form is None:
            text, where = self._places.site(stack)
            outputs = (OutputForm(plan.layout, "result", requires_grad),)
            given, name = arguments(op, args, kwargs), type(fn).__name__
            form = self._remember(key, OperationForm(op.name, len(ids), outputs, given, name, text, where))
        writer.integers += ids
        writer.data.append(told)
        writer.operations = number + 1
        writer.codes.append(form)

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
        within, caused = 0, False  # the order of the sweep in which this ran, and whether the program called but that
        if self._sweeps:
            _, within, place = self._sweeps[-1]
            caused = place == stack
        order = max([within, *[k.order for k in known]]) if self._ordered else 0
        before = after = -1
        if written:
            base = self._base(out)
            before = base.value if base is not None else -1
            outputs, after = self._rewritten(out, data, known, role, requires_grad, order)
        elif isinstance(out, tuple):
            parts = zip(out, data, strict=True)
            outputs = tuple([self._output(t, d, role, requires_grad, order, op.view) for t, d in parts])
        else:
            if op.view and inputs and out._base is None:
                note_sharing(out, inputs[0])
            outputs = (self._output(out, data, role, requires_grad, order, op.view),)
        name = type(fn).__name__ if fn is not None else ""
        if fn is not None and before >= 0 and out._base is not None:
            name = type(out._base._fn).__name__  # a write through a view is, to the graph, one into its base
        number, value = self.writer.operations, self.writer.values - len(outputs)
        key = key_of(op, args, kwargs)
        if key is not None:
            drafts = [(plan, role, requires, not own) for plan, role, requires, own, _ in outputs]
            key = stack, op, name, within, caused, written, len(ids), key, *drafts
        form = self._quick(key)
        if form is None:
            text, where = self._places.site(stack)
            if caused:
                text = ""  # the expression there is the call of backward
            forms = tuple(
                [OutputForm(plan.layout, role, requires, not own) for plan, role, requires, own, _ in outputs]
            )
            given = arguments(op, args, kwargs)
            told = OperationForm(op.name, len(ids), forms, given, name, text, where, within, written)
            form = self._remember(key, told)
        self.writer.operation(form, ids, outputs)
        if fn is not None:
            fn._note = (self.token, number, ids, -1 if written else value, order)
            if before >= 0:
                self._link_written_view(number, ids, before, after, out)
        elif written:
            self._gradient_written(out, outputs[0])

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

    def _gradient_written(self, tensor: Tensor, output: Draft) -> None:
        """Tell of a write by the program into the `.grad` of a leaf, such as `w.grad.zero_()`."""
        leaf = leaf_of(tensor)
        if leaf is not None and leaf._grad is tensor and self._swept:
            known = self._known(leaf)
            self.writer.accumulation(self._swept - 1, known.value, (output[0], output[4]), False)
            known.graded = known.value

    def _link_written_view(self, number: int, ids: tuple[int, ...], before: int, after: int, view: Any) -> None:
        """After a write through a view, gradients go from the view to its base's new value, and on from there."""
        if view._fn is not None:
            view._fn._note = (self.token, number, (after,), -1, 0)
        if view._base is not None and view._base._fn is not None:
            view._base._fn._note = (self.token, number, (before, *ids[1:]), -1, 0)

    def _rewritten(
        self, tensor: Tensor, data: Any, inputs: list[Known], role: str, requires_grad: bool, order: int
    ) -> tuple[tuple[Draft, ...], int]:
        """The new version of a tensor that was written in place; of a view, that of its base too, and its value."""
        known = inputs[0] if inputs else self._known(tensor)
        if role == "no_grad" and not requires_grad:
            role = known.role if known.role in ("constant", "detached") else role
        base = shared_with(tensor)
        if base is None:
            return (self._version(known, data, role, requires_grad, order, -1),), -1
        of_base = self._known(base)
        first = self._version(known, data, role, requires_grad, order, self.writer.values + 1)
        base_role = role_of("", base, base._fn, base._req, True)
        second = self._version(of_base, base._data, base_role, base._req, order, -1)
        return (first, second), of_base.value
