"""Saving and loading: `state_dict` and `load_state_dict`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.grad_mode import no_grad
from engine.nn.parameter import Parameter
from engine.nn.tree import Tree
from engine.tensor import Tensor


class _IncompatibleKeys(NamedTuple):
    """The keys that did not match in a load."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class State(Tree):
    """A module whose parameters and buffers can be taken out and put back by name."""

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """The parameters and saved buffers by dotted name; they share memory with the module's."""
        found = OrderedDict() if destination is None else destination
        for table in (self._parameters, self._buffers):
            for name, value in table.items():
                if value is not None and name not in self._not_saved:
                    found[prefix + name] = value if keep_vars else value.detach()
        for name, child in self._modules.items():
            if child is not None:
                child.state_dict(destination=found, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        return found

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy values by name into the parameters and buffers; with `strict`, all names must match."""
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        missing: list[str] = []
        wrong: list[str] = []
        known: set[str] = set()
        for module_path, module in self.named_modules(remove_duplicate=False):
            for table in (module._parameters, module._buffers):
                for name, value in table.items():
                    if value is None or name in module._not_saved:
                        continue
                    key = f"{module_path}.{name}" if module_path else name
                    known.add(key)
                    if key not in state_dict:
                        missing.append(key)
                    else:
                        self._load_one(table, name, key, state_dict[key], assign, wrong)
        unexpected = [key for key in state_dict if key not in known]
        if strict and unexpected:
            wrong.insert(0, "Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{k}"' for k in unexpected)))
        if strict and missing:
            wrong.insert(0, "Missing key(s) in state_dict: {}. ".format(", ".join(f'"{k}"' for k in missing)))
        if wrong:
            listing = "\n\t".join(wrong)
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{listing}")
        return _IncompatibleKeys(missing, unexpected)

    def _load_one(self, table: dict[str, Any], name: str, key: str, value: Any, assign: bool, wrong: list[str]) -> None:
        """Copy one value, or say in `wrong` why it does not fit."""
        own = table[name]
        if not isinstance(value, Tensor):
            wrong.append(
                f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
                f"checkpoint but received {type(value)}"
            )
        elif value.shape != own.shape:
            wrong.append(
                f"size mismatch for {key}: copying a param with shape {value.shape} from checkpoint, the shape in "
                f"current model is {own.shape}."
            )
        elif assign:
            table[name] = Parameter(value, own.requires_grad) if isinstance(own, Parameter) else value
        else:
            with no_grad():
                own.copy_(value)
