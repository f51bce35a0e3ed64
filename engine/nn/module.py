"""`Module`: how a layer or network is called, hooked, switched, moved and printed.

What it owns is tree.py's, saving and loading state.py's; the layers are in their own modules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from engine import dtypes
from engine.clearing import zero_grad
from engine.grad_mode import no_grad
from engine.nn.hooks import run_backward_hooked
from engine.nn.state import State
from engine.node import Handle
from engine.tensor import Tensor

HOOK_TABLES = ("_forward_pre_hooks", "_forward_hooks", "_backward_hooks", "_backward_pre_hooks")


class Module(State):
    """Base of all layers and networks: assign parameters and modules as attributes, write `forward`, call it."""

    training: bool
    _hooked: bool
    _forward_pre_hooks: dict[int, Any]
    _forward_hooks: dict[int, Any]
    _backward_hooks: dict[int, Any]
    _backward_pre_hooks: dict[int, Any]

    def __init__(self) -> None:
        super().__init__()
        self.__dict__["training"] = True
        self.__dict__["_hooked"] = False
        for table in HOOK_TABLES:
            self.__dict__[table] = {}

    def forward(self, *inputs: Any) -> Any:
        """What the module computes; every network writes its own."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.__dict__.get("_hooked"):
            return self.forward(*args, **kwargs)
        for hook, with_kwargs in list(self._forward_pre_hooks.values()):
            changed = hook(self, args, kwargs) if with_kwargs else hook(self, args)
            if changed is not None and with_kwargs:
                args, kwargs = changed
            elif changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        if self._backward_hooks or self._backward_pre_hooks:
            return run_backward_hooked(self, self._forward_hooked, args, kwargs)
        return self._forward_hooked(*args, **kwargs)

    def _forward_hooked(self, *args: Any, **kwargs: Any) -> Any:
        """`forward`, then the hooks that may replace its result."""
        result = self.forward(*args, **kwargs)
        for hook, with_kwargs in list(self._forward_hooks.values()):
            changed = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
            result = result if changed is None else changed
        return result

    def _hook(self, table: str, hook: Any, first: bool) -> Handle:
        self.__dict__["_hooked"] = True
        return Handle(self.__dict__[table], hook, first)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> Handle:
        """Call `hook(module, args)` before `forward`; it may return other arguments."""
        return self._hook("_forward_pre_hooks", (hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> Handle:
        """Call `hook(module, args, output)` after `forward`; it may return another output."""
        return self._hook("_forward_hooks", (hook, with_kwargs), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call `hook(module, grad_input, grad_output)` once both are known; it may return other grad_input."""
        return self._hook("_backward_hooks", hook, prepend)

    register_backward_hook = register_full_backward_hook

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call `hook(module, grad_output)` before the gradients of the module; it may return other grad_output."""
        return self._hook("_backward_pre_hooks", hook, prepend)

    def train(self, mode: bool = True) -> Self:
        """Switch to training, or with False to evaluation, with everything below."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Switch to evaluation."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Train all parameters, or freeze them."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients."""
        zero_grad(self.parameters(), set_to_none)

    def apply(self, fn: Callable[[Any], Any]) -> Self:
        """Call `fn` on every module below, then on this one."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def _convert(self, convert: Callable[[Tensor], Tensor]) -> Self:
        """Put converted values into every parameter, its gradient, and every buffer."""
        for module in self.modules():
            for parameter in module._parameters.values():
                if parameter is None:
                    continue
                with no_grad():
                    parameter.data = convert(parameter.detach())
                    if parameter.grad is not None:
                        parameter.grad = convert(parameter.grad.detach())
            for name, buffer in module._buffers.items():
                if buffer is not None:
                    module._buffers[name] = convert(buffer)
        return self

    def to(self, *args: Any, device: Any = None, dtype: Any = None, non_blocking: bool = False) -> Self:
        """Move to a device, or change the type of the floating-point parameters and buffers."""
        for arg in args:
            if isinstance(arg, dtypes.dtype):
                dtype = arg
            elif isinstance(arg, Tensor):
                device, dtype = arg.device, arg.dtype
            else:
                device = arg
        if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
            )

        def convert(tensor: Tensor) -> Tensor:
            wanted = dtype if dtype is not None and tensor.is_floating_point() else tensor.dtype
            return tensor.to(tensor.device if device is None else device, wanted)  # type: ignore[no-any-return]

        return self._convert(convert)

    def cpu(self) -> Self:
        """Move to the CPU."""
        return self.to(device="cpu")

    def cuda(self, device: Any = None) -> Self:
        """Move to a CUDA device."""
        return self.to(device="cuda" if device is None else device)

    def float(self) -> Self:
        """Change floating-point values to float32."""
        return self.to(dtype=dtypes.float32)

    def double(self) -> Self:
        """Change floating-point values to float64."""
        return self.to(dtype=dtypes.float64)

    def half(self) -> Self:
        """Change floating-point values to float16."""
        return self.to(dtype=dtypes.float16)

    def bfloat16(self) -> Self:
        """Change floating-point values to bfloat16."""
        return self.to(dtype=dtypes.bfloat16)

    def type(self, dst_type: Any) -> Self:
        """Change all values to a type."""
        return self._convert(lambda tensor: tensor.type(dst_type))

    def share_memory(self) -> Self:
        """There is one process; memory is where it is."""
        return self

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """A module runs as it is: its operations are what there is to see."""

    def extra_repr(self) -> str:
        """What to print between the parentheses of this module."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): {indented(repr(child))}" for name, child in self._modules.items()]
        if not children and len(lines) <= 1:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join([*lines, *children]) + "\n)"


def indented(text: str) -> str:
    """All lines but the first, two columns further right."""
    return text.replace("\n", "\n  ")
