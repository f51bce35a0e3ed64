"""Hostile programs are held: each of these ways out was tried, and each test fails when its fence is taken away.

The programs run in a real worker.  One that got out would print ESCAPED; what each must end with stands beside it.
"""

from __future__ import annotations

import builtins
import collections
import functools
import platform
import subprocess
import sys
import textwrap
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import engine
from tests.visgrad.worker_runs import Runner, last_line, printed
from visgrad.program import guards
from visgrad.program.compile import compile_program
from visgrad.program.errors import Refused
from visgrad.program.modules import Modules
from visgrad.program.names import Rule, rule
from visgrad.program.namespace import namespace
from visgrad.worker import seccomp

REFUSED_TEXT = {
    "from a literal to all classes": "().__class__.__base__.__subclasses__()",
    "a function's globals": "def f(): pass\nf.__globals__",
    "a function's code": "(lambda: 0).__code__",
    "a function's closure": "(lambda: 0).__closure__",
    "a traceback": "try: 1/0\nexcept Exception as e: e.__traceback__",
    "a traceback's frame by its plain name": "x.tb_frame",
    "a generator's frame": "(i for i in ()).gi_frame.f_back",
    "a frame's names": "x.f_globals",
    "builtins by name": "__builtins__",
    "the import function": "__import__('os')",
    "the loader": "__loader__",
    "the module's spec": "__spec__",
    "a builtin's module": "print.__self__",
    "a dunder that NFKC makes": "x.__ｇlobals__",
    "a dunder name that NFKC makes": "__bｕiltins__",
    "a match pattern": "match x:\n    case object(__globals__=g): pass",
    "match_args from elsewhere": "class A:\n    __match_args__ = names",
    "match_args of special names": "class A:\n    __match_args__ = ('__globals__',)",
    "match_args by a loop": "class A:\n    for __match_args__ in names: pass",
    "match_args by a walrus": "class A:\n    (__match_args__ := names)",
    "match_args by a def": "class A:\n    def __match_args__(self): pass",
    "pickling hooks": "class A:\n    def __reduce__(self): return (print, ())",
    "an array interface": "class A:\n    __array_interface__ = {}",
    "an array struct": "class A:\n    @property\n    def __array_struct__(self): pass",
    "an array function": "class A:\n    def __array__(self): pass",
    "a destructor": "class A:\n    def __del__(self): pass",
    "setting a class": "x.__class__ = y",
    "setting code": "f.__code__ = g",
    "deleting a special attribute": "del x.__dict__",
    "a keyword that is special": "dict(__class__=1)",
    "a class keyword": "class A(B, __x__=1): pass",
    "an argument that is special": "def f(__builtins__): pass",
    "an import under a special name": "import math as __builtins__",
    "importing a special name": "from torch import __dict__",
    "a relative import": "from . import visgrad",
    "an exception under a special name": "try: pass\nexcept E as __builtins__: pass",
    "a pattern under a special name": "match x:\n    case __builtins__: pass",
    "a mapping pattern's rest": "match x:\n    case {**__builtins__}: pass",
    "a global statement": "def f():\n    global __builtins__",
    "getattr as a class's own": "class A:\n    __getattr__ = f",
    "coroutines": "async def f(): pass",
    "awaiting": "await x",
    "__getattribute__ of object": "object.__getattribute__(f, '__globals__')",
    "subclass hooks": "class A:\n    @classmethod\n    def __subclasshook__(cls, C): return True",
    "an array's pointer": "x.ctypes",
    "an array's file": "x.tofile('/tmp/x')",
    "a bit generator's capsule": "x.capsule",
}


@pytest.mark.parametrize("name", REFUSED_TEXT)
def test_the_text_alone_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        compile_program(REFUSED_TEXT[name])
    assert refused.value.kind == "PermissionError"
    assert refused.value.span.line > 0


HELD = {
    "getattr by name": ("getattr(lambda: 0, '__globals__')", "PermissionError: __globals__"),
    "getattr by a joined name": ("getattr(print, '__se' + 'lf__')", "PermissionError: __self__"),
    "getattr with a default": ("getattr(lambda: 0, '__globals__', None)", "PermissionError: __globals__"),
    "a string that answers twice differently": (
        """
        class S(str):
            def startswith(self, *a): return False
            def __str__(self): return "real"
        getattr(lambda: 0, S("__globals__"))
        """,
        "PermissionError: __globals__",
    ),
    "str.format": ("'{0.__class__.__init__.__globals__}'.format(print)", "PermissionError: __class__"),
    "str.format in a spec": ("'{:{0.__class__}}'.format(print)", "PermissionError: __class__"),
    "str.format after a bracket": ("'{0[0].__class__}'.format([1])", "PermissionError: __class__"),
    "format_map": ("'{a.__class__}'.format_map({'a': 1})", "PermissionError: __class__"),
    "format of the class": ("str.format('{0.__globals__}', lambda: 0)", "PermissionError: __globals__"),
    "format through map": ("list(map(str.format, ['{0.__globals__}'], [lambda: 0]))", "PermissionError: __globals__"),
    "format of a subclass": (
        "class S(str): pass\nS('{0.__globals__}').format(lambda: 0)",
        "PermissionError: __globals__",
    ),
    "format through super": (
        "class S(str):\n    def f(self): return super().format(print)\nS('{0.__self__}').f()",
        "PermissionError: super().format",
    ),
    "attrgetter": ("import operator\noperator.attrgetter('__globals__')(lambda: 0)", "PermissionError: __globals__"),
    "methodcaller": ("import operator\noperator.methodcaller('__reduce__')(1)", "PermissionError: __reduce__"),
    "type with three arguments": ("type('A', (), {'__array_interface__': {}})", "PermissionError: type("),
    "a metaclass": ("class M(type): pass", "PermissionError: metaclasses"),
    "a metaclass from an instance": ("class M(type(int)): pass", "PermissionError: metaclasses"),
    "a function as a metaclass": (
        "class A(metaclass=lambda *a: print('ESCAPED')): pass",
        "PermissionError: metaclasses",
    ),
    "calling ABCMeta": ("from abc import ABCMeta\nABCMeta('A', (), {})", "TypeError: 'object' object is not callable"),
    "the class of ABC": ("from abc import ABC\ntype(ABC)('A', (), {})", "PermissionError: type("),
    "the class of a class by attribute": ("from abc import ABC\nABC.__class__('A', (), {})", "PermissionError: type("),
    "an enum from names": ("from enum import Enum\nEnum('E', {'__array_interface__': 1})", "PermissionError: Enum("),
    "wraps with its own attributes": (
        "import functools\nclass A: pass\nfunctools.update_wrapper(A(), print, assigned=('__self__',))",
        "TypeError: update_wrapper() got an unexpected keyword argument 'assigned'",
    ),
    "wraps over an engine function": (
        "import functools, torch\ndef f(): pass\nfunctools.wraps(f)(torch.relu)",
        "PermissionError: ",
    ),
    "a dataclass of another's class": (
        "import dataclasses, torch\ndataclasses.dataclass(torch.Tensor)",
        "PermissionError: dataclass works",
    ),
    "type hints that are evaluated": (
        "import typing\ntyping.get_type_hints(print)",
        "AttributeError: module 'typing' has no attribute 'get_type_hints'",
    ),
    "single dispatch, which evaluates hints": (
        "import functools\nfunctools.singledispatch(print)",
        "AttributeError: module 'functools' has no attribute 'singledispatch'",
    ),
    "changing a module": ("import torch\ntorch.relu = print", "PermissionError: 'torch' is shared"),
    "changing a class of the engine": ("import torch\ntorch.Tensor.sum = print", "PermissionError: 'Tensor' is shared"),
    "changing a class by setattr": (
        "import torch\nsetattr(torch.Tensor, 'sum', 1)",
        "PermissionError: 'Tensor' is shared",
    ),
    "changing a class by object.__setattr__": (
        "import torch\nobject.__setattr__(torch.Tensor, 'sum', 1)",
        "PermissionError: 'Tensor' is shared",
    ),
    "changing a class by super": (
        "class A:\n    def f(self): super().__setattr__('__class__', int)\nA().f()",
        "PermissionError: __class__ cannot be set",
    ),
    "changing a dictionary of attributes": (
        "class A: pass\nA().__dict__.update(x=1)",
        "AttributeError: 'mappingproxy' object has no attribute 'update'",
    ),
    "changing builtins by globals": ("globals()['print'] = 1\nglobals()['__builtins__']", "KeyError: '__builtins__'"),
    "woven-in names by globals": ("globals()['<getattr>']", "KeyError: '<getattr>'"),
    "the names inside an engine object": ("import torch\ntorch.zeros(1)._data", "PermissionError: _data belongs"),
    "the engine's inside in a subclass": (
        "import torch\nclass T(torch.nn.Module): pass\ngetattr(T().forward, '__globals__')",
        "PermissionError: __globals__",
    ),
    "a module inside the engine": ("import torch\ntorch.nn.module", "AttributeError: module 'torch.nn' has no"),
    "the real NumPy": ("import torch\ntorch.np", "AttributeError: module 'torch' has no attribute 'np'"),
    "files": ("open('/etc/passwd')", "PermissionError: open() is not available here"),
    "questions": ("input('name? ')", "PermissionError: input() is not available here"),
    "eval": ("eval('1')", "PermissionError: eval() is not available here"),
    "exec": ("exec('1')", "PermissionError: exec() is not available here"),
    "compile": ("compile('1', '', 'exec')", "PermissionError: compile() is not available here"),
    "torch.load": ("import torch\ntorch.load('/etc/passwd')", "FileNotFoundError: [Errno 2] No such file or directory"),
    "torch.load of a stream": ("import torch\ntorch.load(3)", "PermissionError: torch.save and torch.load take a name"),
    "numpy.load": ("import numpy\nnumpy.load('x.npy')", "PermissionError: numpy.load() is not available here"),
    "files by os": ("import os\nos.listdir('/')", "PermissionError: os.listdir() is not available here"),
    "processes by os": ("import os\nos.system('true')", "PermissionError: os.system() is not available here"),
    "os by another name": ("import os\nos.posix", "AttributeError: module 'os' has no attribute 'posix'"),
    "the environment": ("import os\nos.environ['x'] = 'y'\nassert not os.environ, 'ESCAPED'\n1/0", "ZeroDivisionError"),
    "all modules": ("from sys import modules", "ImportError: cannot import name 'modules' from 'sys'"),
    "a frame by sys": ("import sys\nsys._getframe", "AttributeError: module 'sys' has no attribute '_getframe'"),
    "the real stdout": ("import sys\nsys.stdout.buffer", "AttributeError: 'Stream' object has no attribute 'buffer'"),
    "pickles of arrays": (
        "import numpy as np\nnp.ones(2).dumps()",
        "PermissionError: an array's dumps is not available",
    ),
    "the pointer by a parametrization": (
        """
        import numpy as np, torch
        from torch import nn
        from torch.nn.utils import parametrize
        class P(nn.Module):
            def forward(self, x): return {"data": (0, False), "shape": (4,), "typestr": "|u1", "version": 3}
        layer = nn.Linear(1, 1)
        layer.register_buffer("__array_interface__", torch.zeros(1))
        parametrize.register_parametrization(layer, "__array_interface__", P())
        print("ESCAPED", np.array(layer))
        """,
        "",
    ),
    "a lazy layer that becomes something else": (
        """
        import torch, sys
        class Evil(torch.nn.LazyLinear):
            becomes = type(sys.stdout)
        Evil(1)(torch.ones(1, 1))
        print("ESCAPED")
        """,
        "TypeError: a Evil becomes a layer that it is a kind of",
    ),
    "a class in json": (
        "import json\njson.JSONEncoder",
        "AttributeError: module 'json' has no attribute 'JSONEncoder'",
    ),
    "the inside of re": ("import re\nre._compiler", "AttributeError: module 're' has no attribute '_compiler'"),
    "the inside of datetime": (
        "import datetime\ndatetime.sys",
        "AttributeError: module 'datetime' has no attribute 'sys'",
    ),
    "a submodule of NumPy": ("import numpy.ctypeslib", "ModuleNotFoundError: No module named 'numpy.ctypeslib' here"),
    "the engine by its own name": ("import engine", "ModuleNotFoundError: No module named 'engine' here"),
    "visgrad itself": ("import visgrad.worker.host", "ModuleNotFoundError: No module named 'visgrad.worker.host' here"),
    "the random module's os": ("import random\nrandom._os", "AttributeError: module 'random' has no attribute '_os'"),
    "memory by strides": (
        "import torch\ntorch.zeros(2).as_strided((1000000,), (1,), 10**9)\nprint('ESCAPED')",
        "",
    ),
    "the pointer through __getattr__": (
        """
        import numpy as np
        class A:
            def __getattr__(self, name):
                if name == "__array_interface__":
                    return {"data": (0, False), "shape": (4,), "typestr": "|u1", "version": 3}
                raise AttributeError(name)
        a = np.array(A())
        assert a.dtype == object, "ESCAPED"
        raise ValueError("held")
        """,
        "ValueError: held",
    ),
    "the pointer through __getattribute__": (
        """
        import numpy as np
        class A:
            def __getattribute__(self, name):
                return {"data": (0, False), "shape": (4,), "typestr": "|u1", "version": 3}
        a = np.array(A())
        assert a.dtype == object, "ESCAPED"
        raise ValueError("held")
        """,
        "ValueError: held",
    ),
    "freed memory by resizing an array": (
        "import numpy as np\na = np.zeros(9)\nb = a[:]\na.resize(10**7, refcheck=False)",
        "PermissionError: an array's resize",
    ),
    "freed memory by the class's method": (
        "import numpy as np\nnp.ndarray.resize(np.zeros(9), 10**7, refcheck=False)",
        "AttributeError: 'StandIn' object has no attribute",
    ),
    "numbers seen as objects": ("import numpy as np\nnp.arange(4).view(object)", "TypeError: "),
    "numbers made objects": ("import numpy as np\na = np.arange(4)\na.dtype = object", "TypeError: "),
    "bytes seen as objects": ("import numpy as np\nnp.frombuffer(bytes(8), dtype='O')", "ValueError: "),
    "bytes seen as records of objects": (
        "import numpy as np\nnp.ndarray((1,), dtype=[('a', 'O')], buffer=bytearray(8))",
        "PermissionError: ndarray(…)",
    ),
    "memory by an array's strides": (
        "import numpy as np\ntype(np.zeros(1))((2,), 'u1', bytearray(8), 0, (10**9,))",
        "PermissionError: ndarray(…)",
    ),
    "pointers by an object array's buffer": (
        "import numpy as np\nnp.array([None]).data.cast('B')",
        "PermissionError: an array's data is",
    ),
    "pointers by frombuffer": (
        "import numpy as np\nnp.frombuffer(np.array([None]), 'u1')",
        "PermissionError: frombuffer",
    ),
    "our own names by a string to r_": ("import numpy as np\nnp.r_['sys']", "PermissionError: a string among"),
    "the real r_ behind its stand-in": ("import numpy as np\nnp.r_._real['sys']", "PermissionError: _real"),
    "pointers by a subclass's constructor": ("import numpy as np\nclass A(np.ndarray): pass", "PermissionError: "),
    "memory by setting strides": (
        "import numpy as np\na = np.zeros(4)\na.strides = (10**9,)\nprint('ESCAPED')",
        "",
    ),
    "as_strided": ("import numpy as np\nnp.lib.stride_tricks.as_strided", "AttributeError: module 'numpy'"),
    "changing an operator of the engine": ("import torch\ntorch.float32.name = 'x'", "PermissionError: "),
    "the pointer through a cached property": (
        """
        import functools
        cached = functools.cached_property(lambda self: {"data": (0, False), "shape": (4,), "typestr": "|u1"})
        class A:
            x = cached
        cached.attrname = "__array_interface__"
        """,
        "PermissionError: 'cached_property' is shared and cannot be changed",
    ),
    "renaming a dataclass's field": (
        "import dataclasses as d\n@d.dataclass\nclass A:\n    x: int = 0\nd.fields(A)[0].name = '__dict__'",
        "PermissionError: 'Field' is shared",
    ),
    "pointers by torch": (
        """
        import torch, numpy as np
        for f in (torch.from_numpy, torch.tensor, torch.as_tensor):
            try: print('ESCAPED', f(np.array([None])))
            except TypeError: pass
        raise ValueError("held")
        """,
        "ValueError: held",
    ),
    "the pointer through a module's tables": (
        "import torch\nm = torch.nn.Module()\nm._buffers['__array_interface__'] = {}",
        "PermissionError: __array_interface__ is not available here",
    ),
    "anything but a module among a module's modules": (
        "import torch\nm = torch.nn.Module()\nm._modules['x'] = {}",
        "TypeError: only a Module can be put there, not dict",
    ),
    "the dictionary behind a module's tables": (
        "import torch\nprint(torch.nn.Module()._modules._real)",
        "PermissionError: _real belongs to the inside of 'Table'",
    ),
    "a buffer's memory": (
        "import io\nio.BytesIO(b'abc').getbuffer()",
        "PermissionError: getbuffer() is not available here",
    ),
    "what a signature's defaults are": (
        (
            "import inspect, torch\nf = [p.default for p in inspect.signature(torch.optim.Adam).parameters.values()]\n"
            "print([d for d in f if callable(d) and not isinstance(d, type)])\nopen('x')"
        ),
        "PermissionError: open() is not available here",
    ),
    "the pointer through a module's tables by vars": (
        "import torch\nclass M(torch.nn.Module): pass\nvars(M())['_buffers']['__array_interface__'] = {}",
        "TypeError: 'mappingproxy' object does not support item assignment",
    ),
    "the pointer through a ParameterDict": (
        "import torch\ntorch.nn.ParameterDict({'__array_interface__': {}})",
        'KeyError: "parameter name can\'t be special: __array_interface__"',
    ),
    "a text that claims to be another": (
        """
        import torch
        class S(str):
            def __eq__(self, o): return True
        torch.nn.TransformerEncoderLayer(4, 1, activation=S('__dict__')).activation['np']
        """,
        "PermissionError: a subclass of str cannot change how it is compared",
    ),
    "such a text by a second parent": (
        "class E:\n    __hash__ = None\nclass S(str, E): pass",
        "PermissionError: a subclass of str cannot change how it is compared",
    ),
    "such a text as an enum": (
        "from enum import Enum\nclass S(str, Enum):\n    A = '__dict__'\n    def __eq__(self, o): return True",
        "PermissionError: a subclass of str cannot change how it is compared",
    ),
    "such a text caught before it is refused": (
        """
        kept = []
        class B(str):
            def __init_subclass__(cls): kept.append(cls)
        try:
            class S(B):
                def __eq__(self, o): return True
        except PermissionError: raise ValueError(len(kept))
        """,
        "ValueError: 0",
    ),
    "match_args over a foreign class": (
        """
        from abc import ABC
        from dataclasses import dataclass
        class C(ABC): pass
        C.register(type(lambda: 0))
        match (lambda: 0):
            case C(__name__=n): raise ValueError("held " + n)
        """,
        "ValueError: held <lambda>",
    ),
    "an error's object": (
        "import torch\ntry: torch.nothing\nexcept AttributeError as e: e.obj.np",
        "PermissionError: obj is not available here",
    ),
    "copying with a hook": (
        "import copy\nclass A:\n    def __getattr__(self, n): return lambda *a: (print, (1,))\ncopy.copy(A())\n1/0",
        "ZeroDivisionError",
    ),
}


@pytest.mark.parametrize("name", HELD)
def test_a_running_program_is_held(name: str, runner: Runner) -> None:
    program, ending = HELD[name]
    recording = runner.run(textwrap.dedent(program))
    assert last_line(recording).startswith(ending)
    assert "ESCAPED" not in printed(recording)


class Silent:
    """A report that tells nobody."""

    def bind(self, name: str, obj: object, line: int) -> None: ...
    def loop(self, line: int, begins: bool) -> None: ...
    def print(self, text: str, stream: str, line: int) -> None: ...
    def flush(self) -> None: ...


def _neighbours(path: str, obj: Any) -> Iterator[tuple[str, Any]]:
    for name in dir(obj):
        try:
            match rule(name):
                case Rule.PLAIN:
                    yield f"{path}.{name}", getattr(obj, name)
                case Rule.GUARDED:
                    yield f"{path}.{name}", guards.guarded_getattr(obj, name)
        except Exception:
            continue
    if isinstance(obj, list | tuple | set | frozenset):
        yield from ((f"{path}[{i}]", item) for i, item in enumerate(list(obj)[:200]))
    elif isinstance(obj, dict | types.MappingProxyType):
        yield from ((f"{path}[{key!r:.20}]", item) for key, item in list(obj.items())[:500])


def test_no_chain_of_attributes_leads_to_a_module_a_frame_or_a_dangerous_builtin() -> None:
    """Walk everything a program can name, three attributes deep, by the rules that hold for programs."""
    modules = Modules()
    facades = [modules[name] for name in modules]
    names = namespace(Silent(), (), modules.find)["__builtins__"]
    dangerous = [getattr(builtins, n) for n in ("open", "eval", "exec", "__import__", "type")]
    tensor = engine.ones(2, requires_grad=True)
    start = {name: value for name, value in names.items() if not name.startswith("__")}
    start |= {facade.__name__: facade for facade in facades}
    start |= {
        "tensor": tensor,
        "result": tensor * 2,
        "array": np.arange(3),
        "function": lambda: 0,
        "error": ValueError(1),
    }
    queue = collections.deque((name, value, 0) for name, value in start.items())
    seen: dict[int, Any] = {}
    leaks = []
    while queue:
        path, obj, depth = queue.popleft()
        if id(obj) in seen or isinstance(obj, int | float | str | bytes | None):
            continue
        seen[id(obj)] = obj
        kind = type(obj)
        if (
            (kind is types.ModuleType and not any(obj is facade for facade in facades))
            or kind in (types.FrameType, types.CodeType, types.TracebackType)
            or any(obj is function for function in dangerous)
            or (isinstance(obj, type) and issubclass(obj, type))
        ):
            leaks.append(path)
        elif depth < 3 and kind not in (types.MethodType, types.BuiltinMethodType, types.MethodWrapperType):
            queue.extend((*found, depth + 1) for found in _neighbours(path, obj))
    assert len(seen) > 5000
    assert leaks == []


SECOND_FENCE = {
    "a file": "open('/etc/passwd').read()",
    "a file by os": "import os; os.open('/etc/passwd', 0)",
    "listing a folder": "import os; os.listdir('/')",
    "a process": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "a fork": "import os; os.fork()",
    "a connection": "import socket; socket.socket()",
    "foreign functions": "import ctypes; ctypes.CDLL(None)",
    "a pointer": "import ctypes; ctypes.string_at(1, 1)",
    "a module not yet loaded": "import wave",
    "unpickling": "import pickle; pickle.loads(b'cos\\nsystem\\n.')",
    "signals to others": "import os; os.kill(os.getppid(), 0)",
    "removing a file": "import os; os.remove('/nothing')",
    "mapping memory": "import mmap; mmap.mmap(-1, 10)",
}


THIRD_FENCE = {
    "a file": "os.open('/etc/passwd', 0)",
    "a fork": "os.fork()",
    "a shell": "assert os.system('true') == 0",
    "a process": "subprocess.run(['true'])",
    "a connection": "socket.socket()",
    "a pair of sockets": "socket.socketpair()",
    "a thread": "threading.Thread(target=print).start()",
    "a signal to the window": "os.kill(os.getppid(), 0)",
    "a signal to its own kind": "os.kill(os.getpid(), 0)",
    "a raw call": "assert ctypes.CDLL(None).open(b'/etc/passwd', 0) >= 0",
    "removing a file": "os.unlink('/nothing')",
}


def _held(fence: str, attacks: dict[str, str]) -> dict[str, str]:
    """What each attack meets in a process that has this fence and no other."""
    script = (
        "import ctypes, mmap, os, pickle, socket, subprocess, sys, threading\n"
        "from visgrad.worker import limits, seccomp\n"
        f"libc = ctypes.CDLL(None)\nout = os.dup(1)\n{fence}\n"
        "for line in sys.stdin.read().split('\\0'):\n"
        "    try: exec(line); said = 'ESCAPED'\n"
        "    except BaseException as error: said = type(error).__name__\n"
        "    os.write(out, said.encode() + b'\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input="\0".join(attacks.values()), capture_output=True, text=True
    )
    return dict(zip(attacks, done.stdout.split(), strict=True))


@functools.cache
def _behind_the_second_fence() -> dict[str, str]:
    return _held("limits.set_up_fence()", SECOND_FENCE)


@functools.cache
def _behind_the_third_fence() -> dict[str, str]:
    return _held("assert seccomp.forbid()", THIRD_FENCE)


@pytest.mark.parametrize("name", SECOND_FENCE)
def test_the_audit_hook_holds_alone(name: str) -> None:
    assert _behind_the_second_fence()[name] in ("PermissionError", "ModuleNotFoundError")


@pytest.mark.skipif(platform.machine() not in seccomp.MACHINES, reason="no filter for this machine")
@pytest.mark.parametrize("name", THIRD_FENCE)
def test_the_kernel_holds_alone(name: str) -> None:
    assert _behind_the_third_fence()[name] in ("PermissionError", "RuntimeError", "AssertionError")
