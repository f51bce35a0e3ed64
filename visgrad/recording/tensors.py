"""What becomes of tensors: the values they stand for, and the steps that tell of what the engine did not report.

Owns the notes on live tensors as they are made and brought up to date (kept on the tensor itself, so that they go when
the tensor goes).  `known` says what a note is; operations and sweeps are written by those who build on this.
"""

from __future__ import annotations

import itertools
from typing import Any

from engine.node import Slot
from engine.tensor import Tensor
from visgrad.recording.forms import OperationForm, OutputForm
from visgrad.recording.known import Known, leaf_of, note_owner, role_of, root_of, shared_with
from visgrad.recording.layers import is_parameter
from visgrad.recording.model import Argument
from visgrad.recording.places import Places, Stack
from visgrad.recording.retained import Retained
from visgrad.recording.writer import Draft, Writer

_tokens = itertools.count()


class Tensors:
    """Tensors and nodes carry their ids and the `token` of who gave them as `_note`."""

    def __init__(self, places: Places, retained: Retained) -> None:
        self.token = next(_tokens)
        self.kept = self.forgotten = 0
        self.writer = Writer(retained)
        self._places = places

    def forget(self, kept: int, forgotten: int) -> None:
        """Values from `kept` up to `forgotten` are not there any more: a tensor that has one is told of once more."""
        self.kept, self.forgotten = kept, forgotten

    def _note(self, tensor: Tensor) -> Known | None:
        """What has been noted of a tensor here; another recorder's notes are not ours."""
        known: Known | None = tensor._note
        return known if known is not None and known.token == self.token else None

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

    def _base(self, tensor: Tensor) -> Known | None:
        shared = shared_with(tensor)
        return None if shared is None else self._known(shared)

    def _output(
        self, tensor: Tensor, data: Any, role: str, requires_grad: bool, order: int, view: bool = True
    ) -> Draft:
        """A new value, of a new tensor; one that may be a view tells whose."""
        base = self._base(tensor) if view else None
        base_value = base.value if base is not None else -1
        value = self.writer.values
        self.writer.values = value + 1
        tensor._note = Known(self.token, value, value, role, 0, order, base_value)
        plan, told = self.writer.value(value, data)
        return plan, role, requires_grad, () if base_value < 0 else (value, 0, base_value), told

    def _version(
        self,
        known: Known,
        data: Any,
        role: str,
        requires_grad: bool,
        order: int,
        base_value: int,
        view_of: int = -1,
        written: bool = True,
    ) -> Draft:
        """The next version of a known tensor.  `base_value` may be a value that is about to be told."""
        value = self.writer.values
        self.writer.values = value + 1
        known.value, known.role, known.order, known.base_value = value, role, order, base_value
        known.version += written
        plan, told = self.writer.value(value, data)
        return plan, role, requires_grad, (known.tensor, known.version, view_of), told

    def _tell(
        self,
        op: str,
        inputs: tuple[int, ...],
        output: Draft,
        stack: Stack,
        call: str = "",
        in_place: bool = False,
    ) -> None:
        """Tell of an operation that the engine did not report; it happened at `stack` or before."""
        plan, role, requires_grad, own, _ = output
        key = op, len(inputs), plan, role, requires_grad, bool(own), stack, call, in_place
        number = self._quick(key)
        if number is None:
            shown = tuple([Argument("input", slot) for slot in range(len(inputs))])
            outputs = (OutputForm(plan.layout, role, requires_grad, not own),)
            where = self._places.site(stack)[1]
            form = OperationForm(op, len(inputs), outputs, shown, "", call, where, 0, in_place)
            number = self._remember(key, form)
        self.writer.operation(number, inputs, (output,))

    def _quick(self, key: tuple[Any, ...] | None) -> int | None:
        """The number of the form that was remembered by a key."""
        try:
            return self.writer.quick.get(key) if key is not None else None
        except TypeError:  # a module of the program's own that has no hash
            return None

    def _remember(self, key: tuple[Any, ...] | None, form: OperationForm) -> int:
        forms = self.writer.forms
        if key is None:
            return forms.number(form)
        number = len(forms)
        try:
            self.writer.quick[key] = number
        except TypeError:  # no hash, as above
            return forms.number(form)
        return forms.add(form)  # unlike any other, or it would have their key

    def _earlier(self, tensor: Tensor, known: Known) -> None:
        """Tell once more of a tensor whose making is not kept."""
        base = self._base(tensor)
        shown = base.value if base is not None else -1
        output = self._version(known, tensor._data, known.role, tensor._req, known.order, shown, shown, written=False)
        self._tell("earlier", (), output, ())
        if known.name:
            self.writer.bind(known.name, known.value)

    def _shown_again(self, tensor: Tensor, known: Known, base: Known) -> None:
        """A view whose base was written shows another value now."""
        fn, role = tensor._fn, role_of("", tensor, tensor._fn, tensor._req, True)
        output = self._version(known, tensor._data, role, tensor._req, base.order, base.value, base.value)
        number = self.writer.operations
        self._tell("as_strided", (base.value,), output, ())
        if fn is not None and (fn._note is None or fn._note[0] != self.token):
            fn._note = (self.token, number, (base.value,), -1, 0)

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
        root = root_of(tensor)
        by = self._known(root) if root is not None else None
        role = role_of("", tensor, tensor._fn, requires_grad, False)
        output = self._output(tensor, data, role, requires_grad, 0)
        known: Known = tensor._note
        if of is None:
            self._tell("Parameter" if is_parameter(tensor) else "given", (), output, stack)
            return known
        if by is not None:
            self._tell("grad", (of.value,), output, stack, f"∂{by.name}/∂{of.name}" if by.name and of.name else "")
            return known
        self._tell("grad", (of.value,), output, stack, of.attribute("grad"))
        if of.name:
            known.name = of.attribute("grad")
            self.writer.bind(known.name, known.value)
        return known

    def _result_of(self, fn: Any) -> Known | None:
        """What is known of the result of a node: a derivative that saved it has a tensor of its own for it."""
        node, place = (fn._node, fn._number) if isinstance(fn, Slot) else (fn, 0)
        link = node._note if node is not None else None
        if link is None or link[0] != self.token or link[3] < 0 or self.kept <= link[3] < self.forgotten:
            return None
        value = link[3] + place
        return Known(self.token, value, value, "result", 0, link[4])

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
        output = self._version(known, data, "leaf", True, known.order, known.base_value, written=False)
        self._tell("requires_grad_", (before,), output, stack, known.attribute("requires_grad_()"), in_place=True)
