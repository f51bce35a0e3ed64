"""The table of operators: every one is one declaration, read by the engine, the palette, the help and the tests.

How to write a row
------------------
A row is a forward function on arrays under the `op` decorator.  Its signature is the operator's signature::

    @op(
        "mul",                                    # the public name: torch.mul and Tensor.mul
        "input · other",                          # the formula a person reads
        family="arithmetic",                      # its colour and its place in the palette
        doc="The product, element by element.",   # one line of help
        grads={                                   # for each differentiable parameter: text, and the code beside it
            "input": ("g · other", lambda F, g, s: g * s.other),
            "other": ("g · input", lambda F, g, s: g * s.input),
        },
        promote=("input", "other"),               # parameters brought to one type first (PyTorch's rules)
        samples=[sample(arr(2, 3), arr(3)), sample(arr(2), 2.5)],
    )
    def mul(input: Array, other: Array) -> Array:
        return input * other

* The forward gets raw arrays (or NumPy scalars for 0-d values) and returns one array or a tuple of arrays.  Use NumPy
  functions: they dispatch to the array's own library.  To make a new array write `zeros(like=x, ...)` of backends.
* A rule receives `F`, `g` (the upstream gradient: an array, or a tuple with None where several outputs have none)
  and `s`, what the forward saved: `s.<parameter>` for any parameter, `s.result` for the output (`s.result[0]` if
  several), `s.<parameter>_shape`, `s.<parameter>_dtype` for metadata that needs no array.  What a rule reads is found
  from its code and saved, and nothing else; a rule that hands `s` on names what is read in `saves=`.
* Rules run on arrays in an ordinary backward and on Tensors under `create_graph`: use Python operators and `F.<row>`,
  where every row of the table is found (the forward on arrays, or the public operator on Tensors).  Returning None
  means zero.
* A rule's result has the shape *after* broadcasting; `backward` reduces it to the parameter's own shape and type.
* A parameter that takes a list of tensors (`cat`) has a rule that returns a list of gradients.
* `backward`: the name(s) of the grad_fn, default `<Name>Backward0`; a callable gets the bound values by name.
* `to_float=True`: integers become the default float type (exp, div).  `view=True`: the result shares storage.
  `inplace=True`: there is a `name_` method.  `variadic="size"`: `x.view(2, 3)` is `x.view((2, 3))`.
* `returns=("values", "indices")` names the outputs of an operator that gives a tuple (`torch.return_types.*`).
* `constant=("P",)` names those of them that never ask for gradients, though they are floating point.
* `signature=f` takes the parameters from `f` where the forward (a NumPy ufunc) does not tell them.
* A parameter annotated `Array` takes a tensor, unless it is promoted; one that takes a number too says `Any`.
* `check` is asked about the promoted operands before they are brought to one type.
* A parameter named `requires_grad` is handled by the caller: creation rows declare and ignore it.
* A row written on Tensors in terms of other rows is declared with `composite` in place of `op`.

Names that begin with `_` are for rules only and are not exposed.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from engine import arguments

Array = Any
Rule = Callable[[Any, Any, Any], Any]

MISSING: Any = inspect.Parameter.empty


@dataclass(frozen=True)
class ArraySample:
    """A reproducible sample array: uniform over (low, high), integers if `kind` is "int", "bool" for masks."""

    shape: tuple[int, ...]
    low: float = -2.0
    high: float = 2.0
    kind: str = "float"


@dataclass(frozen=True)
class Sample:
    """One example call; ArraySamples among the arguments stand for tensors."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def arr(*shape: int, low: float = -2.0, high: float = 2.0, kind: str = "float") -> ArraySample:
    """A tensor for a sample call."""
    return ArraySample(shape, low, high, kind)


def sample(*args: Any, **kwargs: Any) -> Sample:
    """A sample call with these arguments."""
    return Sample(args, kwargs)


@dataclass(eq=False, slots=True)
class Op:
    """One operator."""

    name: str
    formula: str
    family: str
    doc: str
    parameters: tuple[str, ...]
    derivatives: dict[str, str]
    backward_name: str
    samples: tuple[Sample, ...]
    forward: Callable[..., Any]
    rules: dict[str, Rule]
    saves: dict[str, frozenset[str]]
    backward: str | Callable[[dict[str, Any]], str]
    promote: tuple[str, ...]
    to_float: bool | Callable[[dict[str, Any]], bool]
    view: bool
    inplace: bool
    composite: bool
    function: bool
    method: bool
    aliases: tuple[str, ...]
    variadic: int
    returns: tuple[str, ...]
    constant: tuple[str, ...]
    positional: int
    defaults: tuple[Any, ...]
    named_defaults: list[Any]
    promoted: tuple[int, ...]
    required: int
    index: dict[str, int]
    check: Callable[..., None] | None = None
    tensors: tuple[int, ...] = ()
    kinds: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """The values of all parameters, in order; TypeError, worded as torch does, where a call does not fit."""
        count = len(args)
        at = self.variadic
        plain = at < 0 or count <= at or args[at].__class__ is tuple
        if not kwargs and plain and self.required <= count <= self.positional:
            return [*args, *self.defaults[count:]]
        return arguments.bind(self, args, kwargs, MISSING)


OPS: dict[str, Op] = {}
COMPOSITES_ON_ARRAYS: dict[str, Callable[..., Any]] = {}


def op(
    name: str,
    formula: str,
    *,
    family: str,
    doc: str,
    grads: Mapping[str, tuple[str, Rule]] | None = None,
    promote: Sequence[str] = (),
    to_float: bool | Callable[[dict[str, Any]], bool] = False,
    backward: str | Callable[[dict[str, Any]], str] = "",
    saves: Sequence[str] | None = None,
    view: bool = False,
    inplace: bool = False,
    composite: bool = False,
    function: bool = True,
    method: bool = True,
    aliases: Sequence[str] = (),
    variadic: str = "",
    returns: Sequence[str] = (),
    constant: Sequence[str] = (),
    samples: Sequence[Sample] = (),
    signature: Callable[..., Any] | None = None,
    check: Callable[..., None] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the operator whose forward is the decorated function; the module's docstring teaches the rest."""

    def declare(forward: Callable[..., Any]) -> Callable[..., Any]:
        parameters = list(inspect.signature(signature or forward).parameters.values())
        names = tuple(p.name for p in parameters)
        rules = {p: rule for p, (_, rule) in (grads or {}).items()}
        public = name if name.startswith("_") else name.strip("_")
        named = backward if isinstance(backward, str) else ""
        OPS[name] = Op(
            name=name,
            formula=formula,
            family=family,
            doc=doc,
            parameters=names,
            derivatives={p: text for p, (text, _) in (grads or {}).items()},
            backward_name=named or camel_case(public) + "Backward0",
            samples=tuple(samples),
            forward=forward,
            rules=rules,
            saves={p: frozenset(saves) if saves is not None else read_by(rule, names) for p, rule in rules.items()},
            backward=backward or camel_case(public) + "Backward0",
            promote=tuple(promote),
            to_float=to_float,
            view=view,
            inplace=inplace,
            composite=composite,
            function=function and not name.startswith("_"),
            method=method and not name.startswith("_"),
            aliases=tuple(aliases),
            variadic=names.index(variadic) if variadic else -1,
            returns=tuple(returns),
            constant=tuple(constant),
            positional=sum(p.kind is not p.KEYWORD_ONLY for p in parameters),
            defaults=tuple(p.default for p in parameters),
            named_defaults=[p.default for p in parameters if p.kind is p.KEYWORD_ONLY],
            promoted=tuple(names.index(p) for p in promote),
            check=check,
            tensors=()
            if name.startswith("_")
            else tuple(i for i, p in enumerate(parameters) if i and _takes_a_tensor(p) and p.name not in promote),
            required=max((i + 1 for i, p in enumerate(parameters) if p.default is MISSING), default=0),
            index={n: i for i, n in enumerate(names)},
        )
        return forward

    return declare


def composite(
    name: str, formula: str, *, arrays: Callable[..., Any] | None = None, **options: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an operator written on Tensors in terms of other rows; it has no derivative of its own.

    `arrays` is its counterpart on arrays, for rules that call it.
    """
    if arrays is not None:
        COMPOSITES_ON_ARRAYS[name] = arrays
    return op(name, formula, composite=True, **options)


def _takes_a_tensor(parameter: inspect.Parameter) -> bool:
    return parameter.annotation == "Array" and parameter.default is MISSING


def is_tensor(value: Any) -> bool:
    """Whether a bound value is a Tensor; for rows whose backward name depends on it."""
    return hasattr(value, "_data")


def camel_case(name: str) -> str:
    """`log_softmax` as `LogSoftmax`, `log1p` as `Log1P`."""
    words = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return re.sub(r"(?<=\d)[a-z]", lambda letter: letter[0].upper(), words)


def read_by(rule: Rule, parameters: tuple[str, ...]) -> frozenset[str]:
    """What a derivative rule reads from `s`: the parameters, metadata and result its code names."""
    known = {"result"}
    for p in parameters:
        known |= {p, f"{p}_shape", f"{p}_dtype"}
    found: set[str] = set()
    pending: list[CodeType] = [rule.__code__]
    while pending:
        code = pending.pop()
        found.update(known.intersection(code.co_names))
        pending.extend(c for c in code.co_consts if isinstance(c, CodeType))
    return frozenset(found)
