"""Writes `engine/signatures.txt`: how torch's own functions and methods state their signatures in messages.

`python -m tests.engine.harvest`, where PyTorch is installed.  Overloaded functions list their signatures when a call
does not fit; those with one signature do not, and theirs comes from the operator's schema.
"""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.registry import OPS

PATH = Path(__file__).parents[2] / "engine" / "signatures.txt"
BUILT_IN = ("builtin_function_or_method", "method_descriptor")
TYPES = {"Tensor": "Tensor", "number": "Number", "int": "int", "SymInt": "int", "float": "float", "bool": "bool"}
BY_HAND = {
    "tensor": "(object data, *, torch.dtype dtype = None, torch.device device = None, bool pin_memory = False, "
    "bool requires_grad = False)",
    "as_tensor": "(object data, torch.dtype dtype = None, torch.device device = None)",
}
"""Functions that torch reads without a schema."""
TYPES |= {"str": "str", "ScalarType": "torch.dtype", "Device": "torch.device", "Generator": "torch.Generator"}


class Stranger:
    """An argument that fits nothing."""


def listed(call: Any) -> list[str]:
    """The signatures that torch lists when a call fits none of several; empty where there is only one."""
    single: list[str] = []  # torch has older ones beside it that it does not list
    for count in range(9):
        for named in ({}, {"zzz": Stranger()}):
            try:
                call(*[Stranger()] * count, **named)
            except TypeError as error:
                lines = [line[3:] for line in str(error).split("\n") if line.startswith(" * ")]
                if lines:
                    return lines
                if found := re.search(r"but expected (\(.*\))$", str(error)):
                    single = [found[1]]
            except Exception:
                continue
    return single


def argument(schema: Any, name: str) -> str:
    """One parameter of a schema as torch writes it in a signature."""
    kind = str(schema.type)
    optional = kind.startswith("Optional[")
    kind = kind.removeprefix("Optional[").removesuffix("]") if optional else kind
    listed_kind = re.fullmatch(r"List\[(.+?)\]?", kind)
    kind = f"tuple of {TYPES.get(listed_kind[1], 'object')}s" if listed_kind else TYPES.get(kind, "object")
    kind = f"torch.{name}" if name in ("dtype", "layout", "memory_format") else kind
    default = f" = {schema.default_value}" if schema.has_default_value() else ""
    return f"{kind} {name}{default}"


def of_schema(schema: Any, method: bool, out: bool) -> str:
    """A schema as a signature; `out` says whether the function can write into a tensor it is given."""
    parts: list[str] = []
    for position, one in enumerate(schema.arguments):
        if one.name == "self" and position == 0:
            if not method:
                parts.append(argument(one, "input"))
            continue
        if one.kwarg_only and "*" not in parts:
            parts.append("*")
        parts.append(argument(one, one.name))
    if "layout" in {one.name for one in schema.arguments}:
        parts.append("bool requires_grad = False")
    if out and not method:
        kind = "Tensor" if len(schema.returns) == 1 else "tuple of Tensors"
        parts += [*([] if "*" in parts else ["*"]), f"{kind} out = None"]
    return f"({', '.join(parts)})"


def signatures() -> Iterator[str]:
    """The lines of the file."""
    import torch

    yield from (f"{name}{signature}" for name, signature in BY_HAND.items())
    schemas: dict[str, list[Any]] = defaultdict(list)
    writing: dict[str, list[Any]] = defaultdict(list)
    for schema in torch._C._jit_get_all_schemas():
        if schema.name.startswith("aten::") and "Dimname" not in str(schema):
            name = schema.name.removeprefix("aten::")
            writes = "(a!)" in str(schema) and not name.endswith("_")
            (writing if writes else schemas)[name].append(schema)
    inside: Any = torch._C
    homes = (torch, inside._linalg, inside._special, inside._nn)
    for op in OPS.values():
        for name in () if op.name in BY_HAND else (op.name, *op.aliases):
            calls = [(name, getattr(home, name), False) for home in homes if op.function and hasattr(home, name)][:1]
            endings = ("", "_") if op.inplace else ("",)
            for full in (name + ending for ending in endings if hasattr(torch.Tensor, name + ending)):
                calls.append((f".{full}", getattr(torch.ones(2), full), True))
            for key, call, method in calls:
                described = getattr(torch.Tensor, key[1:]) if method else call
                if type(described).__name__ not in BUILT_IN:
                    continue
                own = key.lstrip(".")
                found = listed(call)
                older = "+" if len(found) == 1 else ""
                if own.startswith("polygamma") and method:
                    continue  # its schema has the tensor second
                found = found or [of_schema(s, method, own in writing) for s in schemas[own]][:1]
                yield from (f"{key}{older}{signature}" for signature in found)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    PATH.write_text("\n".join(sorted(dict.fromkeys(signatures()), key=lambda line: line.partition("(")[0])) + "\n")
