"""`torch.nn.utils.parametrize`: a parameter that is computed, each time it is read, from others that are trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from engine.grad_mode import no_grad
from engine.nn.containers import ModuleDict, ModuleList
from engine.nn.module import Module
from engine.nn.parameter import Parameter
from engine.tensor import Tensor as TensorType

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any

__all__ = ["ParametrizationList", "cached", "is_parametrized", "register_parametrization", "remove_parametrizations"]


class ParametrizationList(ModuleList):
    """The originals of one parameter, and the modules that compute it from them."""

    def __init__(self, modules: Sequence[Module], original: Any, unsafe: bool = False) -> None:
        super().__init__(modules)
        self.unsafe = unsafe
        values = self._inverted(original)
        self.is_tensor = isinstance(values, TensorType)
        if self.is_tensor:
            original.data = values.detach()
            self._keep("original", original)
        else:
            self.ntensors = len(values)
            for i, value in enumerate(values):
                kept = Parameter(value, original.requires_grad) if isinstance(original, Parameter) else value
                self._keep(f"original{i}", kept)

    def _inverted(self, value: Tensor) -> Any:
        """The originals that give this parameter, or the parameter where a module cannot tell."""
        with no_grad():
            values: Any = value.detach()
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    values = module.right_inverse(values)
        return values

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the parameter becomes `value`, as assigning to it does."""
        with no_grad():
            values = self._inverted(value)
            if self.is_tensor:
                self.original.copy_(values)
            else:
                for i, part in enumerate(values):
                    getattr(self, f"original{i}").copy_(part)

    def _keep(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            self.register_parameter(name, value)
        else:
            self.register_buffer(name, value)

    def forward(self) -> Tensor:
        """The parameter."""
        first, *rest = self
        originals = [self.original] if self.is_tensor else [getattr(self, f"original{i}") for i in range(self.ntensors)]
        value = first(*originals)
        for module in rest:
            value = module(value)
        return value


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a module, or one of its parameters, is computed from others."""
    lists = module._modules.get("parametrizations")
    return isinstance(lists, ModuleDict) and (len(lists) > 0 if tensor_name is None else tensor_name in lists)


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """From now on `module.tensor_name` is what `parametrization` makes of the parameter it was."""
    parametrization.train(module.training)
    tensor_name = str.__str__(tensor_name)  # the exact text: it becomes a name of a class
    if is_parametrized(module, tensor_name):
        module.parametrizations[tensor_name].append(parametrization)
        return module
    known = tensor_name in module._buffers or tensor_name in module._parameters
    if not known or tensor_name.startswith("__"):
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    originals = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe)
    delattr(module, tensor_name)
    kind = type(module)
    if not is_parametrized(module):
        kind = type(f"Parametrized{kind.__name__}", (kind,), {"__module__": kind.__module__})
        module.__class__ = kind
        module.parametrizations = ModuleDict()
    setattr(
        kind,
        tensor_name,
        property(
            lambda self: self.parametrizations[tensor_name](),
            lambda self, value: self.parametrizations[tensor_name].right_inverse(value),
        ),
    )
    module.parametrizations[tensor_name] = originals
    return module


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make `module.tensor_name` a plain parameter again: as it is computed now, or as it was."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    lists = module.parametrizations[tensor_name]
    with no_grad():
        value = lists().detach().clone() if leave_parametrized else lists.original
    trained = next(iter(lists.parameters()), None)
    del module.parametrizations[tensor_name]
    kind = type(module)
    delattr(kind, tensor_name)
    if not len(module.parametrizations):
        del module.parametrizations
        module.__class__ = kind.__bases__[0]
    if trained is None:
        module.register_buffer(tensor_name, value)
    else:
        module.register_parameter(
            tensor_name, value if isinstance(value, Parameter) else Parameter(value, trained.requires_grad)
        )
    return module


@contextmanager
def cached() -> Iterator[None]:
    """Parameters are computed anew each time they are read; the values are the same."""
    yield
