"""The tensors inside of what a program gave a name to: lists, tuples, dicts, modules, objects of its own classes.

Owns how such a tensor is called (`params[0]`, `cache['h']`, `model.0.weight`) and the paths of modules.  Only plain
containers are looked into, and only a little way: nothing of the program's own runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from engine.tensor import Tensor
from visgrad.recording.layers import is_module

DEEPEST = 3
MOST = 256
"""So many entries of a container are looked at."""


class Modules:
    """The path of every module that is part of something with a name."""

    def __init__(self) -> None:
        self._paths: WeakKeyDictionary[Any, str] = WeakKeyDictionary()

    def name(self, name: str, root: Any) -> bool:
        """Name a module and all below it; False if they have names that tell more."""
        known = self._paths.get(root, "")
        if known.count(".") > name.count(".") or known.endswith("]"):
            return False
        for path, module in root.named_modules():
            self._paths[module] = f"{name}.{path}" if path else name
        return True

    def path(self, module: Any, root: Any) -> str:
        """A module's path, below the class name of `root` if it is part of nothing that has a name."""
        path = self._paths.get(module)
        if path is None:
            self.name(type(root).__name__, root)
            path = self._paths.get(module, type(module).__name__)
        return path


def members(name: str, value: Any, modules: Modules, depth: int = 0) -> Iterator[tuple[str, Tensor]]:
    """The tensors in a value and what they are called."""
    if isinstance(value, Tensor):
        yield name, value
    elif is_module(value):
        if modules.name(name, value):
            for path, parameter in value.named_parameters():
                yield f"{name}.{path}", parameter
            for path, buffer in value.named_buffers():
                yield f"{name}.{path}", buffer
    elif depth < DEEPEST:
        for text, item in _items(value):
            yield from members(f"{name}{text}", item, modules, depth + 1)


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    """The entries of a container, with the text that reaches them."""
    kind = type(value)
    if kind in (list, tuple):
        yield from ((f"[{index}]", item) for index, item in enumerate(value[:MOST]))
    elif kind is dict:
        keys = [key for key in list(value)[:MOST] if type(key) in (str, int)]
        yield from ((f"[{key!r}]", value[key]) for key in keys)
    elif isinstance(value, tuple):  # a named tuple
        fields = getattr(kind, "_fields", ())
        if type(fields) is tuple and len(fields) == len(value) <= MOST:
            yield from ((f".{field}", tuple.__getitem__(value, index)) for index, field in enumerate(fields))
