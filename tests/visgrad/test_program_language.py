"""Honest programs run as Python runs them: what learners write is allowed, and prints what it should."""

from __future__ import annotations

import contextlib
import io
import textwrap

import pytest

from tests.visgrad.worker_runs import Runner, last_line, printed
from visgrad.recording.model import Print

PROGRAMS = {
    "classes, inheritance and super": """
        class Animal:
            legs: int = 4
            def __init__(self, name): self.name = name; self._secret = 1
            def __repr__(self): return f"<{type(self).__name__} {self.name}>"
            @property
            def loud(self): return self.name.upper()
            @loud.setter
            def loud(self, text): self.name = text.lower()
            @classmethod
            def make(cls, name): return cls(name)
            @staticmethod
            def twice(x): return 2 * x
        class Dog(Animal):
            def __init__(self, name, *rest, **more):
                super().__init__(name)
                self.rest, self.more = rest, more
        d = Dog.make("Rex"); d.loud = "MAX"
        print(d, d.loud, d.legs, Dog.twice(4), d._secret, isinstance(d, Animal), Dog.__name__, Dog.__mro__)
    """,
    "special methods and operators": """
        class V:
            def __init__(self, *xs): self.xs = list(xs)
            def __add__(self, o): return V(*[a + b for a, b in zip(self.xs, o.xs)])
            def __radd__(self, o): return self
            def __mul__(self, k): return V(*(k * x for x in self.xs))
            __rmul__ = __mul__
            def __getitem__(self, i): return self.xs[i]
            def __setitem__(self, i, x): self.xs[i] = x
            def __len__(self): return len(self.xs)
            def __iter__(self): return iter(self.xs)
            def __call__(self, k): return self * k
            def __eq__(self, o): return self.xs == o.xs
            def __hash__(self): return hash(tuple(self.xs))
            def __contains__(self, x): return x in self.xs
            def __bool__(self): return any(self.xs)
            def __enter__(self): return self
            def __exit__(self, *error): return False
            def __getattr__(self, name): return f"no {name}"
        v = V(1, 2); v[0] += 5; v += V(1, 1)
        with v as w: print(list(w), sum([v, v]).xs, (3 * v).xs, v(2)[-1], len(v), 3 in v, v == V(7, 3), v.colour)
    """,
    "context managers made of generators, arrays joined by index": """
        from contextlib import contextmanager, nullcontext, suppress
        import numpy as np
        @contextmanager
        def section(name):
            print("begin", name)
            try:
                yield name.upper()
            finally:
                print("end", name)
        with section("a") as s, nullcontext(5) as n:
            print(s, n, section.__name__)
        with suppress(ZeroDivisionError):
            1 / 0
        try:
            with section("b"):
                raise ValueError("inside")
        except ValueError as error:
            print("caught", error)
        print(np.c_[np.ones(2), np.zeros(2)], np.r_[1:4, 0], np.median([1, 3]), np.unique([2, 1, 2]))
    """,
    "dataclasses, enums and named tuples": """
        from dataclasses import dataclass, field, asdict, replace
        from collections import namedtuple
        from enum import Enum, auto
        from typing import NamedTuple
        @dataclass(order=True)
        class P:
            x: float
            y: float = 2.0
            tags: list = field(default_factory=list, compare=False)
            def __post_init__(self): self.x = float(self.x)
        @dataclass(frozen=True)
        class Q:
            a: int = 1
        class Mode(str, Enum):
            FAST = "fast"
        class Name(str):
            def shout(self): return self.upper()
        print(Mode.FAST == "fast", Mode("fast").name, Name("a").shout(), f"{Name('b')}")
        class Colour(Enum):
            RED = auto()
            BLUE = 2
        class T(NamedTuple):
            n: int
            s: str = "s"
        Point = namedtuple("Point", "x y")
        p = P(1); print(p, P(1) < P(2), asdict(p), replace(p, y=5).y, Colour.BLUE, T(3), Point(1, y=2)._asdict())
        try: Q().a = 3
        except Exception as e: print(type(e).__name__, e)
    """,
    "closures, generators and decorators": """
        import functools
        def counter():
            n = 0
            def up(step=1):
                nonlocal n
                n += step
                return n
            return up
        def logged(f):
            @functools.wraps(f)
            def inner(*args, **kwargs):
                print("calling", f.__name__)
                return f(*args, **kwargs)
            return inner
        @logged
        def add(a, /, b=2, *, c=3): return a + b + c
        def fib():
            a, b = 0, 1
            while True:
                yield a
                a, b = b, a + b
        up = counter(); up(); print(up(5), add(1), add.__name__)
        total = 0
        def bump():
            global total
            total += 1
        bump(); bump()
        g = fib(); print([next(g) for _ in range(8)], total, (lambda x: x ** 2)(3))
        def sub():
            got = yield from fib_head(3)
            print("got", got)
        def fib_head(n):
            for i in range(n): yield i
            return "done"
        print(list(sub()))
    """,
    "comprehensions, unpacking and walrus": """
        (a, *b), c = [1, 2, 3], 4
        first, *_, last = range(5)
        print(a, b, c, first, last, {k: v for k, v in zip("ab", (1, 2))}, {x % 3 for x in range(9)})
        if (n := len(b)) > 1: print(f"{n=} {n:>5} {n!r} {3.14159:.2f} {'x':^5}|")
        xs = [y for x in range(4) if (y := x * x) > 1]
        print(xs, y, [[j for j in range(i)] for i in range(3)], *[1, 2], *{"k": 1}, sep="-")
        d = {**{"a": 1}, "b": 2}; d["a"] += 10; x = y = 3
        print(d, x, y, xs[::-1], xs[...] if False else "no", 1 < 2 < 3, not [])
        del d["a"]; print(d)
    """,
    "match statements": """
        from dataclasses import dataclass
        @dataclass
        class P: x: int; y: int
        def f(v):
            match v:
                case 0 | 1: return "small"
                case [a, *rest]: return f"list {a} {rest}"
                case {"k": k, **more}: return f"dict {k} {more}"
                case P(x=0, y=y): return f"on axis {y}"
                case P(x, y) if x == y: return "diagonal"
                case str() as s: return s.upper()
                case _: return "other"
        print([f(v) for v in (0, [1, 2], {"k": 1, "z": 2}, P(0, 5), P(2, 2), "hi", 3.5)])
    """,
    "exceptions": """
        class MyError(ValueError):
            def __init__(self, code): super().__init__(f"code {code}"); self.code = code
        def f(n):
            try:
                if n == 0: raise MyError(7)
                if n == 1: 1 / 0
                assert n < 3, "too big"
                return "fine"
            except MyError as e: return f"{e} {e.code}"
            except (ZeroDivisionError, KeyError) as e: return f"{type(e).__name__}: {e}"
            except: return "anything"
            else: pass
            finally: print("finally", n)
        print([f(n) for n in range(4)])
        try:
            try: int("x")
            except ValueError as e: raise RuntimeError("outer") from e
        except RuntimeError as e: print(e, "|", e.__cause__)
    """,
    "formatting": """
        print("{} {1} {name:>6}".format(1, 2, name="n") if False else "{0} {1} {name:>6}".format(1, 2, name="n"))
        print("%s %d %.2f %r" % ("a", 3, 2.5, "q"), "{:,}".format(1234567),
              "{0[1]} {0.real}".format(5) if False else "")
        print("{x[0]} {y.real}".format(x=[1], y=2), "{:{w}}|".format("a", w=4), "{a}".format_map({"a": 1}))
        print("a", "b", sep="", end="!\\n"); print(); print(1, flush=True)
        print(format(3.14159, ".3f"), f"{'nested'!r:>10}", str.format("{}", 9), ascii("é"))
    """,
    "the guard of main": """
        def main(): print("main ran", __name__)
        if __name__ == "__main__": main()
    """,
    "the allowed modules": """
        import math, random, time, operator, string, copy, statistics
        import itertools as it
        from functools import reduce, partial, lru_cache, total_ordering
        from collections import Counter, defaultdict, deque, OrderedDict
        from typing import List, Optional, Callable
        from abc import ABC, ABCMeta, abstractmethod
        import collections.abc
        @lru_cache(maxsize=None)
        def fib(n: int) -> int: return n if n < 2 else fib(n - 1) + fib(n - 2)
        class Shape(ABC):
            @abstractmethod
            def area(self) -> float: ...
        class Base(metaclass=ABCMeta): pass
        class Sq(Shape):
            def area(self): return 4.0
        def g(xs: List[int], f: Optional[Callable] = None) -> "List[int]": return xs
        try: Shape()
        except TypeError as e: print("abstract")
        random.seed(0); dd = defaultdict(list); dd["a"].append(1)
        print(math.sqrt(16), fib(30), reduce(operator.add, [1, 2, 3]), partial(pow, 2)(5),
              Counter("aab").most_common(1))
        print(list(it.islice(it.count(5), 3)), list(it.product("ab", repeat=2))[:2], deque([1, 2], maxlen=1), dict(dd))
        print(copy.deepcopy([1, [2]]), statistics.mean([1, 2, 3]), string.digits, Sq().area(),
              operator.itemgetter(1)([1, 2]))
        print(list(zip(it.cycle("ab"), range(3))), isinstance([], collections.abc.Sequence), sorted("ba",
              key=operator.neg if False else None))
        start = time.time(); print(time.perf_counter() >= 0, time.time() - start < 5)
    """,
    "attributes by name": """
        class A: pass
        a = A(); setattr(a, "x", 1); a.__doc__ = "doc"
        print(getattr(a, "x"), getattr(a, "y", "none"), hasattr(a, "x"), vars(a)["x"], callable(A),
              a.__class__.__name__)
        delattr(a, "x"); print(hasattr(a, "x"), "x" in dir(a), type(a) is A, isinstance(A, type), type(3)(4.5))
        f = lambda: 0; f.calls = 3; print(f.calls, f.__name__)
        class S:
            __slots__ = ("p",)
            def __setattr__(self, name, value): super().__setattr__(name, value * 2)
        s = S(); s.p = 4; print(s.p)
    """,
    "names that begin with an underscore": """
        _hidden = 1
        __also = 2
        class C:
            __private = 3
            def get(self): return self.__private + self._x
            _x = 4
        _, keep = (1, 2); print(_hidden + __also, C().get(), keep, C._x)
        for _ in range(2): pass
    """,
    "NumPy in lessons": """
        import numpy as np
        x = np.linspace(0, 1, 5); A = np.arange(6).reshape(2, 3)
        print(x.mean(), A.T @ A, A[:, 1:], A[A > 2], np.where(A % 2 == 0, A, -1), sep="\\n")
        print(np.linalg.norm([3, 4]), np.random.default_rng(0).integers(0, 9, 3).shape, A.dtype, np.float32(1.5))
        np.random.seed(0); print(np.random.randn(2).shape, np.allclose(x, x), np.concatenate([x, x]).shape)
    """,
    "type hints and annotated assignment": """
        from __future__ import annotations
        x: int = 3
        y: Undefined
        def f(a: NotThere, *args: int, **kw: str) -> Nothing: return a
        print(f(x))
    """,
    "exceptions in groups and loops with else": """
        try: raise ExceptionGroup("many", [ValueError(1), TypeError(2)])
        except* ValueError as g: print("values", g.exceptions)
        except* TypeError: print("types")
        for i in range(3):
            if i == 5: break
        else: print("no break")
        while i > 0: i -= 1
        else: print("done", i)
    """,
}


def _python(source: str) -> str:
    """What Python itself prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "<program>", "exec"), {"__name__": "__main__"})
    return out.getvalue()


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_prints_what_python_prints(name: str, runner: Runner) -> None:
    source = textwrap.dedent(PROGRAMS[name])
    recording = runner.run(source)
    assert last_line(recording) == ""
    assert printed(recording) == _python(source)


TORCH = {
    "a module": (
        """
        import torch
        import torch.nn as nn
        import torch.nn.functional as F
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 2)
                self._scale = 2.0
            def forward(self, x):
                return F.relu(self.fc(x)) * self._scale
        torch.manual_seed(0)
        net = Net()
        out = net(torch.ones(1, 3)).sum()
        out.backward()
        print(net, list(net.fc.weight.grad.shape))
        """,
        "Net(\n  (fc): Linear(in_features=3, out_features=2, bias=True)\n) [2, 3]\n",
    ),
    "a training loop with all that courses use": (
        """
        import torch
        class Sq(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x); ctx.n = 2
                return x**2
            @staticmethod
            def backward(ctx, g):
                x, = ctx.saved_tensors
                return g*2*x
        x = torch.tensor(3., requires_grad=True)
        y = Sq.apply(x); y.backward(); print(x.grad)
        h = x.register_hook(lambda g: g * 2)
        class Net(torch.nn.Module):
            def __init__(self, d=4):
                super().__init__()
                self.l = torch.nn.ModuleList([torch.nn.Linear(d, d) for _ in range(2)])
                self.register_buffer("b", torch.zeros(1))
                self.w = torch.nn.Parameter(torch.ones(d))
            def forward(self, x):
                for l in self.l: x = torch.relu(l(x))
                return (x * self.w).sum() + self.b
        net = Net(); opt = torch.optim.Adam(net.parameters(), lr=0.01)
        from torch.utils.data import TensorDataset, DataLoader
        dl = DataLoader(TensorDataset(torch.randn(8, 4)), batch_size=4, shuffle=True)
        for ep in range(2):
            for (xb,) in dl:
                opt.zero_grad(); loss = net(xb); loss.backward(); opt.step()
        for g in opt.param_groups: g['lr'] *= 0.5
        print(loss.item() is not None, opt.param_groups[0]['lr'], net.l[0].weight._version >= 0)
        import copy; n2 = copy.deepcopy(net); print(n2.w.shape, type(n2).__name__)
        net.l[0].weight.data.fill_(1.); net.w.grad = None
        net.eval(); torch.save
        print(net._modules.keys())
        with torch.no_grad():
            for p in net.parameters(): p -= 0.1 * torch.ones_like(p)
        """,
        "tensor(6.)\nTrue 0.005 True\ntorch.Size([4]) Net\ndict_keys(['l'])\n",
    ),
    "an update by hand": (
        """
        import torch
        w = torch.tensor([1., 2.], requires_grad=True)
        (w ** 2).sum().backward()
        w.data -= 0.5 * w.grad
        x = torch.zeros(3); x[0] += 1; x[1:] = 2
        n = 2; x **= n
        print(w, x)
        """,
        "tensor([0., 0.], requires_grad=True) tensor([1., 4., 4.])\n",
    ),
}


@pytest.mark.parametrize("name", TORCH)
def test_torch_programs_print_what_torch_prints(name: str, runner: Runner) -> None:
    source, expected = TORCH[name]
    recording = runner.run(textwrap.dedent(source))
    assert last_line(recording) == ""
    assert printed(recording) == expected


def test_the_last_expression_of_every_cell_is_shown_as_in_a_notebook(runner: Runner) -> None:
    recording = runner.run("'a text'\n1\n# %% one\nx = 3\nx\n# %%\nNone\n# %%\nx;\n# %%\n[x]\n")
    shown = [step.text for step in recording.steps if isinstance(step, Print) and step.stream == "result"]
    assert shown == ["1\n", "3\n", "[3]\n"]


def test_warnings_are_shown_on_the_error_stream(runner: Runner) -> None:
    recording = runner.run("import warnings\nwarnings.filterwarnings('ignore')\nwarnings.warn('careful')")
    assert [(s.text, s.stream) for s in recording.steps if isinstance(s, Print)] == [
        ("UserWarning: careful\n", "stderr")
    ]


def test_names_are_reported_for_every_kind_of_binding(runner: Runner) -> None:
    recording = runner.run(
        textwrap.dedent("""
        import torch
        t = torch.tensor
        a, (b, *c) = t(1.), (t(2.), t(3.))
        d: object = t(4.)
        a += 1
        if (e := t(5.)) > 0: pass
        for f in [t(6.)]: pass
        class Box: pass
        box = Box()
        box.inside = t(7.)
        def g():
            local = t(8.)
        g()
        """)
    )
    names = {name for history in recording.names.values() for _, name in history}
    assert {"a", "b", "d", "e", "f", "box.inside", "local"} <= names


def test_an_operation_knows_its_own_expression(runner: Runner) -> None:
    recording = runner.run("import torch\n한글 = torch.ones(2); y = (한글 + 1)*(한글 - 한글.sum())\n")
    assert last_line(recording) == ""
    assert [o.call for o in recording.operations[1:]] == [
        "한글 + 1",
        "한글.sum()",
        "한글 - 한글.sum()",
        "(한글 + 1)*(한글 - 한글.sum())",
    ]


def test_half_a_character_is_an_error_where_python_has_one(runner: Runner) -> None:
    recording = runner.run("print('\\ud800')")
    assert last_line(recording) == (
        "UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed"
    )
    assert last_line(runner.run("raise ValueError('\\ud800')")) == "ValueError: ?"
    assert printed(runner.run("x = '\ud800'\nprint(x)")) == "?\n"
    assert printed(runner.run("print('한글')")) == "한글\n"
