"""The tensors inside of what a program gave a name to: lists, tuples, dicts, modules, objects of its own classes.

Owns how such a tensor is called (`params[0]`, `cache['h']`, `model.0.weight`) and the paths of modules.  Only plain
containers are looked into, and only a little way: nothing of the program's own runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any
from weakref import WeakKeyDictionary

from engine.tensor import Tensor
from visgrad.recording.layers import is_module

DEEPEST = 3
MOST = 512
"""So many things are looked at for one name."""

PLAIN = frozenset({int, float, bool, str, bytes, complex, type(None), range})
"""Kinds of things that hold no tensors."""


class Modules:
    """The path of every module that is part of something with a name; `renamed` counts how often one changed."""

    def __init__(self) -> None:
        self._paths: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        self.renamed = 0

    def name(self, name: str, root: Any) -> bool:
        """Name a module and all below it; False if they have names that tell more."""
        known = self._paths.get(root, "")
        if known.count(".") > name.count(".") or known.endswith("]"):
            return False
        for path, module in root.named_modules():
            path = f"{name}.{path}" if path else name
            if self._paths.get(module) != path:
                self._paths[module] = path
                self.renamed += 1
        return True

    def path(self, module: Any, root: Any) -> str:
        """A module's path, below the class name of `root` if it is part of nothing that has a name."""
        path = self._paths.get(module)
        if path is None:
            self.name(type(root).__name__, root)
            path = self._paths.get(module, type(module).__name__)
        return path


def members(name: str, value: Any, modules: Modules) -> Iterator[tuple[str, Tensor]]:
    """The tensors in a value and what they are called; of a large one, the first."""
    pending = [(name, value, 0)]
    looked = 0
    while pending and looked < MOST:
        name, value, depth = pending.pop()
        looked += 1
        if isinstance(value, Tensor):
            yield name, value
        elif is_module(value):
            if modules.name(name, value):
                for path, tensor in chain(value.named_parameters(), value.named_buffers()):
                    yield f"{name}.{path}", tensor
        elif depth < DEEPEST:
            items = [(f"{name}{text}", item, depth + 1) for text, item in _items(value)]
            pending += reversed(items)


def _items(value: Any) -> Iterable[tuple[str, Any]]:
    """The entries of a container that may hold tensors, with the text that reaches them."""
    kind = type(value)
    if kind in (list, tuple):
        return [(f"[{index}]", item) for index, item in enumerate(value[:MOST]) if type(item) not in PLAIN]
    if kind is dict:
        keys = [key for key in islice(value, MOST) if type(key) in (str, int) and type(value[key]) not in PLAIN]
        return [(f"[{key!r}]", value[key]) for key in keys]
    fields = getattr(kind, "_fields", None) if isinstance(value, tuple) else None
    if type(fields) is tuple and len(fields) == len(value) <= MOST:
        return [(f".{field}", tuple.__getitem__(value, index)) for index, field in enumerate(fields)]
    return []
