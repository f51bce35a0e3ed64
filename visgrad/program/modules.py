"""The modules a program may import, each a facade: a module object that holds listed names and no other modules.

Owns the whitelist and `import`.  PyTorch is the engine under PyTorch's names; NumPy's names are `numpy_names`'.  A
module that is not here is refused with the nearest thing that works, as an ImportError, so `try: import …` works.
"""

from __future__ import annotations

import abc
import bisect
import builtins
import cmath
import collections
import collections.abc
import contextlib
import copy
import dataclasses
import datetime
import decimal
import difflib
import enum
import fractions
import functools
import heapq
import importlib
import itertools
import json
import math
import numbers
import operator
import pprint
import random
import re
import statistics
import string
import textwrap
import typing
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy

import engine
from visgrad.program import numpy_names, script_arguments, stand_ins, surroundings, watching
from visgrad.program.classes import ABCMETA
from visgrad.program.guards import unavailable
from visgrad.program.instead import INSTEAD, UNAVAILABLE
from visgrad.program.names import special, words
from visgrad.program.pyplot import Pyplot
from visgrad.program.shield import shield_package
from visgrad.recording.chart import Chart

TORCH = words(
    """
    torch torch.nn torch.nn.functional torch.nn.init torch.nn.utils torch.nn.utils.rnn torch.nn.parameter torch.optim
    torch.optim.lr_scheduler torch.utils torch.utils.data torch.autograd torch.autograd.functional torch.linalg
    torch.cpu torch.cuda torch.func torch.fft torch.special torch.distributions torch.distributions.kl torch.testing
    torch.return_types torch.types
    torch.backends torch.autograd.function torch.autograd.grad_mode torch.autograd.forward_ad torch.amp
    torch.accelerator torch.optim.swa_utils torch.nn.utils.parametrize torch.nn.utils.parametrizations
    torch.nn.utils.prune torch.nn.parallel torch.utils.checkpoint
    """
)

ELSEWHERE = {
    "torch.backends": "engine.switches",
    "torch.autograd.grad_mode": "engine.grad_mode",
    "torch.distributions.kl": "engine.distributions",
}
"""Modules of PyTorch that have another name in the engine."""

ALIASES = {
    **dict.fromkeys((f"torch.utils.data.{name}" for name in words("dataset dataloader sampler")), "torch.utils.data"),
    **dict.fromkeys((f"torch.optim.{name}" for name in words("optimizer adam adamw sgd rmsprop lbfgs")), "torch.optim"),
    "torch.autograd.variable": "torch.autograd",
    "torch.nn.utils.clip_grad": "torch.nn.utils",
}
"""Modules inside PyTorch whose names are those of the module above them."""

STANDARD: dict[str, tuple[ModuleType, str]] = {
    "math": (math, " ".join(name for name in dir(math) if not name.startswith("_"))),
    "random": (
        random,
        """Random betavariate choice choices expovariate gammavariate gauss getrandbits getstate lognormvariate
        normalvariate paretovariate randbytes randint random randrange sample seed setstate shuffle triangular uniform
        vonmisesvariate weibullvariate""",
    ),
    "itertools": (
        itertools,
        """accumulate batched chain combinations combinations_with_replacement compress dropwhile filterfalse groupby
        islice pairwise permutations product starmap takewhile tee zip_longest""",
    ),
    "functools": (functools, "cache cached_property cmp_to_key lru_cache partial reduce"),
    "collections": (
        collections,
        "ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque namedtuple",
    ),
    "collections.abc": (collections.abc, " ".join(collections.abc.__all__)),
    "dataclasses": (
        dataclasses,
        "KW_ONLY MISSING Field FrozenInstanceError InitVar asdict astuple field fields is_dataclass replace",
    ),
    "typing": (
        typing,
        """Annotated Any AnyStr BinaryIO Callable ChainMap ClassVar Collection Concatenate Container Counter DefaultDict
        Deque Dict Final FrozenSet Generator Generic Hashable Iterable Iterator List Literal LiteralString Mapping
        MutableMapping MutableSequence NamedTuple Never NewType NoReturn Optional OrderedDict ParamSpec Protocol
        NotRequired Reversible Self Sequence Set Sized SupportsFloat SupportsIndex SupportsInt Text Tuple TypeAlias
        TypeVar TypeVarTuple TypedDict Union Unpack TYPE_CHECKING assert_never cast final overload override
        runtime_checkable""",
    ),
    "abc": (abc, "ABC abstractmethod"),
    "copy": (copy, "copy deepcopy Error"),
    "string": (
        string,
        """Template ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits octdigits printable
        punctuation whitespace""",
    ),
    "re": (
        re,
        """A ASCII DOTALL I IGNORECASE M MULTILINE Match Pattern S U UNICODE VERBOSE X compile error escape findall
        finditer fullmatch match search split sub subn""",
    ),
    "json": (json, "JSONDecodeError dumps loads"),
    "datetime": (datetime, "MAXYEAR MINYEAR date datetime time timedelta timezone"),
    "heapq": (heapq, "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest"),
    "cmath": (cmath, " ".join(name for name in dir(cmath) if not name.startswith("_"))),
    "numbers": (numbers, "Complex Integral Number Rational Real"),
    "contextlib": (contextlib, "closing nullcontext suppress"),
    "bisect": (bisect, "bisect bisect_left bisect_right insort insort_left insort_right"),
    "textwrap": (textwrap, "dedent fill indent shorten wrap TextWrapper"),
    "fractions": (fractions, "Fraction"),
    "decimal": (decimal, "Decimal ROUND_HALF_UP ROUND_DOWN"),
    "unicodedata": (unicodedata, "category combining name normalize"),
    "statistics": (statistics, " ".join(statistics.__all__)),
    "operator": (
        operator,
        " ".join(
            n for n in operator.__all__ if n not in ("attrgetter", "methodcaller", "pow", "ipow", "lshift", "ilshift")
        ),
    ),
    "enum": (enum, "auto unique"),
    "__future__": (
        importlib.import_module("__future__"),
        "annotations division print_function absolute_import unicode_literals generator_stop nested_scopes generators",
    ),
}

importlib.import_module("_strptime")  # which datetime would import when it is first needed

EXTRA: dict[str, dict[str, object]] = {
    "abc": {"ABCMeta": ABCMETA},
    "itertools": stand_ins.ITERTOOLS,
    "functools": stand_ins.FUNCTOOLS,
    "contextlib": stand_ins.CONTEXTLIB,
    "dataclasses": stand_ins.DATACLASSES,
    "operator": stand_ins.OPERATOR,
    "enum": stand_ins.ENUM,
    "math": stand_ins.MATH,
    "time": stand_ins.TIME,
    "warnings": stand_ins.WARNINGS,
}


def facade(name: str, names: Mapping[str, object]) -> ModuleType:
    """A module object with these names."""
    module = ModuleType(name)
    vars(module).update({"__spec__": None, "__loader__": None, "__package__": name, **names})
    return module


def pick(module: ModuleType, names: Iterable[str]) -> dict[str, object]:
    """The listed names a module has (versions differ), without modules."""
    found = {name: getattr(module, name) for name in names if hasattr(module, name)}
    return {name: value for name, value in found.items() if not isinstance(value, ModuleType)}


def engine_names(module: ModuleType) -> dict[str, object]:
    """The public names of one of the engine's modules: what it says it has, or what is the engine's own in it."""
    public = pick(module, (name for name in vars(module) if not name.startswith("_")))
    named = pick(module, getattr(module, "__all__", ()))
    found = {name: value for name, value in public.items() if _of_engine(value)} | named
    return {name: value for name, value in found.items() if name not in HELPERS}


def homes(module: ModuleType) -> dict[str, dict[str, object]]:
    """Classes by the modules PyTorch keeps them in, such as torch.nn.modules.conv; those above come first."""
    names = engine_names(module)
    found: dict[str, dict[str, object]] = {"torch.nn.modules": names} if module.__name__ == "engine.nn" else {}
    for name, value in names.items():
        home = getattr(value, "__module__", "") if isinstance(value, type) else ""
        if home.startswith(("torch.nn.modules.", "torch.distributions.")):
            found.setdefault(home, {})[name] = value
    return found


MACHINERY = words("apply clearing registry node views sweep general_sweep backward observe errors")
"""Modules of the engine that are no part of PyTorch's names."""

HELPERS = words(
    "wrap fill fans chosen_fan reset OPS Simple Indexed WeightedLoss TensorType tensors_in mapped fresh closed pulled"
)
"""Functions that the engine's modules share among themselves."""


def _of_engine(value: object) -> bool:
    home = getattr(value, "__module__", None) or type(value).__module__
    package, _, inside = home.partition(".")
    return package == "torch" or (package == "engine" and inside not in MACHINERY) or type(value) in (int, float)


class Modules:
    """All facades, made once per process; `find` is a program's `__import__`."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._switches: dict[str, Any] = {}  # objects that are imported as modules: a program may set their attributes
        for name in sorted({*STANDARD, *EXTRA}):
            module, names = STANDARD.get(name, (None, ""))
            self._add(name, (pick(module, names.split()) if module else {}) | EXTRA.get(name, {}))
        self._add_numpy()
        self._add_torch()
        shield_package("engine")
        self._add_surroundings()

    def _add(self, name: str, names: Mapping[str, object]) -> None:
        refused = {key: unavailable(f"{name}.{key}()", instead) for key, instead in UNAVAILABLE.get(name, {}).items()}
        self._modules[name] = module = facade(name, {**names, **refused})
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(self._modules[parent], child, module)

    def _add_numpy(self) -> None:
        self._add("numpy", pick(numpy, numpy_names.NUMPY) | stand_ins.NUMPY)
        for name, names in (
            ("linalg", numpy_names.LINALG),
            ("random", numpy_names.RANDOM),
            ("fft", numpy_names.FFT),
            ("testing", numpy_names.TESTING),
        ):
            self._add(f"numpy.{name}", pick(importlib.import_module(f"numpy.{name}"), names))

    def _add_torch(self) -> None:
        for name in (*TORCH, *(name for name in ELSEWHERE if name not in TORCH)):
            path = ELSEWHERE.get(name, "engine" + name.removeprefix("torch"))
            try:
                module = importlib.import_module(path)
            except ModuleNotFoundError as error:
                if not path.startswith(error.name or "?"):
                    raise
                continue
            names = engine_names(module)
            if name == "torch":
                names["__version__"] = getattr(module, "__version__", "2.13.0")
            self._add(name, names)
        vars(self._modules["torch"])["__getattr__"] = engine.__getattr__  # says why what is left out is missing
        self._add("torch.jit", {})
        amp = importlib.import_module("engine.amp")
        self._add("torch.cuda.amp", engine_names(amp) | amp.CUDA)
        self._add("torch.cpu.amp", amp.CPU)
        for name, under in ALIASES.items():
            self._add(name, {key: value for key, value in vars(self._modules[under]).items() if key[0] != "_"})
        for package in ("engine.nn", "engine.distributions"):
            for name, kinds in homes(importlib.import_module(package)).items():
                self._add(name, kinds)

    def _add_surroundings(self) -> None:
        self.pyplot, self.surroundings = Pyplot(), surroundings.Surroundings()
        shelf = self.surroundings.shelf
        vars(self._modules["torch"]).update(save=shelf.save, load=shelf.load)
        shared = {name: self.pyplot.names[name] for name in ("rcParams", "rc", "style", "cm", "colormaps")}
        self._add("matplotlib", {"use": surroundings.quiet, **shared})
        self._add("matplotlib.pyplot", self.pyplot.names)
        for name in ("tqdm", "tqdm.auto", "tqdm.notebook"):
            self._add(name, self.surroundings.tqdm)
        self._add("pprint", {"pformat": pprint.pformat, **self.surroundings.pprint})
        self._add("os", surroundings.OS | shelf.os)
        self._add("os.path", shelf.path)
        for name in ("pathlib", "io", "tempfile"):
            self._add(name, getattr(shelf, name))
        for name, names in (
            ("inspect", watching.INSPECT),
            ("timeit", watching.TIMEIT),
            ("argparse", script_arguments.ARGPARSE),
            ("logging", self.surroundings.logs.names),
            ("types", {"SimpleNamespace": SimpleNamespace}),
            ("torch.profiler", watching.PROFILER),
            ("torch.autograd.profiler", watching.PROFILER),
        ):
            self._add(name, names)
        self._add("sys", self.surroundings.sys)
        self._add(
            "gc", {"collect": lambda generation=2: 0, "enable": surroundings.quiet, "disable": surroundings.quiet}
        )
        self._add("IPython", {})
        self._add("IPython.display", self.surroundings.display)
        for name in words("cudnn mps cuda mkl mkldnn openmp"):
            self._switches[f"torch.backends.{name}"] = getattr(self._modules["torch.backends"], name)

    def begin(self, chart: Callable[[Chart], None], write: surroundings.Tell) -> None:
        """A run begins: its charts and what it writes go to these."""
        self.pyplot.begin(chart)
        self.surroundings.begin(write)

    def end(self) -> None:
        """A run or a cell is over: what was drawn is shown."""
        self.pyplot.end()

    def __getitem__(self, name: str) -> ModuleType:
        return self._modules[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def find(
        self,
        name: str,
        names: Mapping[str, object] | None = None,
        local: Mapping[str, object] | None = None,
        wanted: tuple[str, ...] | list[str] = (),
        level: int = 0,
    ) -> Any:
        """`import name`, or `from name import wanted`.

        NumPy's own C code imports through the program's frame; it alone passes a list, and takes no answer.
        """
        if type(wanted) is list:
            return builtins.__import__(name)
        if type(name) is not str or level or (special(name) and name != "__future__"):
            raise ImportError("this import is not available here")
        if name not in self._modules and name not in self._switches:
            raise ModuleNotFoundError(self._sentence(name), name=name)
        if wanted and name in self._switches:
            return self._switches[name]
        return self._modules[name if wanted else name.partition(".")[0]]

    def _sentence(self, name: str) -> str:
        top = name.partition(".")[0]
        if instead := INSTEAD.get(name) or INSTEAD.get(top):
            return f"No module named {name!r} here: {instead}"
        near = difflib.get_close_matches(name, self._modules, 1)
        return f"No module named {name!r} here" + (f"; did you mean {near[0]!r}?" if near else "")
