"""Ways out that were once open: to memory by a pointer, to what all runs share, and to names that checks did not see.

Each program runs in a real worker; an attack that works prints ESCAPED or takes the worker down.
"""

from __future__ import annotations

import textwrap

import pytest

from tests.visgrad.worker_runs import Runner, last_line, printed

POINTER = "{'data': (id(1), False), 'shape': (4,), 'typestr': '|u1', 'version': 3}"
LOOK = "raise ValueError('ESCAPED' if np.array(x).dtype != object else 'held')"

HELD = {
    "a layer's table of arguments": (
        f"""
        class E(torch.nn.ReLU):
            arguments = {{'__array_interface__': {POINTER}}}
        x = E()
        """,
        "TypeError: E.__init__() got an unexpected keyword argument '__array_interface__'",
    ),
    "a scheduler's loaded state": (
        f"""
        w = torch.ones(1, requires_grad=True)
        x = torch.optim.lr_scheduler.StepLR(torch.optim.SGD([w], lr=1.0), 1)
        x.load_state_dict({{'__array_interface__': {POINTER}}})
        {LOOK}
        """,
        "ValueError: held",
    ),
    "a hook for copying in a scheduler's loaded state": (
        """
        import copy
        w = torch.ones(1, requires_grad=True)
        x = torch.optim.lr_scheduler.StepLR(torch.optim.SGD([w], lr=1.0), 1)
        x.load_state_dict({'__reduce_ex__': lambda n: print('ESCAPED')})
        copy.deepcopy(x)
        1/0
        """,
        "ZeroDivisionError",
    ),
    "a module's table, handed out by a comparison": (
        f"""
        class G:
            def __eq__(self, table):
                if type(table) is dict: table['__array_interface__'] = {POINTER}
                return True
        x = torch.nn.Module()
        x._buffers == G()
        {LOOK}
        """,
        "ValueError: held",
    ),
    "a module's table, handed out by a union": (
        f"""
        class G:
            def __ror__(self, table): table['__array_interface__'] = {POINTER}
        x = torch.nn.Module()
        x._buffers | G()
        {LOOK}
        """,
        "PermissionError: __array_interface__ is not available here",
    ),
    "a buffer by a special name": (
        "torch.nn.Module().register_buffer('__array_interface__', torch.ones(1))",
        "KeyError: \"buffer name can't be special",
    ),
    "a buffer exchanged for a pointer while a module is called": (
        f"""
        class M(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.register_buffer('b', torch.ones(1))
            def forward(self, x):
                raise ValueError(np.array(self).dtype)
        torch.func.functional_call(M(), {{'b': {POINTER}}}, (1,))
        """,
        "ValueError: object",
    ),
    "the table of operators": ("torch.OPS", "AttributeError: module 'torch' has no attribute 'OPS'"),
    "an operator by a grad_fn": (
        "(torch.ones(1, requires_grad=True) * 2).grad_fn.op",
        "PermissionError: op belongs to the inside of 'MulBackward0'",
    ),
    "an operator by an optimizer": ("torch.optim.Adam.row", "PermissionError: row belongs to the inside"),
    "an operator by a pattern": (
        "match torch.ones(1).grad_fn:\n    case object(op=o): pass",
        "PermissionError: op is not",
    ),
    "what a class of layers shares": (
        "torch.nn.ReLU.arguments['evil'] = 1",
        "TypeError: 'mappingproxy' object does not support item assignment",
    ),
    "a tensor's array": ("torch.ones(2)._data = 1", "PermissionError: _data belongs to the inside of 'Tensor'"),
    "a tensor's array by setattr": (
        "setattr(torch.ones(2), '_data', 1)",
        "PermissionError: _data belongs to the inside of 'Tensor'",
    ),
    "a tensor's array by object.__setattr__": (
        "object.__setattr__(torch.ones(2), '_data', 1)",
        "PermissionError: _data belongs to the inside of 'Tensor'",
    ),
    "a tensor's array by del": ("del torch.ones(2)._data", "PermissionError: _data belongs to the inside of 'Tensor'"),
    "a tensor's array by a loop": (
        "for torch.ones(2)._data in [1]: pass",
        "PermissionError: _data belongs to the inside",
    ),
    "a module made anew": ("torch.__init__('evil')", "PermissionError: 'torch' is shared"),
    "a module made anew by its class": (
        "type(torch).__init__(torch, 'evil')",
        "PermissionError: 'module' is shared",
    ),
    "a module of one's own": ("type(torch)('os')", "PermissionError: module(…) is not available here; import one"),
    "a dtype made anew": ("torch.float32.__init__('x', 'y')", "PermissionError: 'dtype' is shared"),
    "a dtype made anew by its class": (
        "type(torch.float32).__init__(torch.float32, 'x', 'y')",
        "PermissionError: 'dtype' is shared",
    ),
    "a class's attributes by super's": (
        "class A:\n    def f(self): super(A, torch.float32).__setattr__('name', 1)\nA().f()",
        "TypeError: super(type, obj)",
    ),
    "a name that makes classes foreign": ("__name__ = 'builtins'", "PermissionError: __name__ is not available"),
    "such a name by global": (
        "def f():\n    global __name__\n    __name__ = 'engine'",
        "PermissionError: __name__ is not available",
    ),
    "such a name by an import": ("import math as __name__", "PermissionError: __name__ is not available"),
    "a text that compares as a dataclass does": (
        """
        import dataclasses
        @dataclasses.dataclass
        class S(str): pass
        """,
        "PermissionError: a subclass of str cannot be a dataclass",
    ),
    "the variables of a function that calls back": (
        """
        w = torch.ones(1, requires_grad=True)
        raise ValueError(torch.optim.SGD([w], lr=1.0).step(locals))
        """,
        "ValueError: {}",
    ),
    "an error's object by a pattern": (
        "try: torch.nothing\nexcept AttributeError as e:\n    match e:\n        case AttributeError(obj=o): pass",
        "PermissionError: obj is not available here",
    ),
    "an error's object by a format": (
        "try: torch.nothing\nexcept AttributeError as e: '{0.obj}'.format(e)",
        "PermissionError: obj is not available here",
    ),
    "an exponent that lies about its size": (
        """
        class I(int):
            def __gt__(self, other): return False
            def __mul__(self, other): return 0
            def __rmul__(self, other): return 0
        9 ** I(10**9)
        """,
        "OverflowError: an integer of about",
    ),
    "a base that lies about its size": (
        "class I(int):\n    def bit_length(self): return 0\nI(9) ** 10**9",
        "OverflowError: an integer of about",
    ),
    "a power of an attribute in place": ("class A: x = 9\nA.x **= 10**9", "OverflowError: an integer of about"),
    "a power of an element in place": ("a = [9]\na[0] **= 10**9", "OverflowError: an integer of about"),
    "a shift of an element in place": ("a = [9]\na[0] <<= 10**12", "OverflowError: an integer of about"),
    "a power by the method": ("(9).__pow__(10**9)", "PermissionError: __pow__ is not available here"),
    "a power by the class": ("int.__pow__(9, 10**9)", "PermissionError: __pow__ is not available here"),
    "a power by super": (
        "class I(int):\n    def f(self): return super().__pow__(10**9)\nI(9).f()",
        "PermissionError: __pow__ is not available here",
    ),
    "a shift by the reflected method": (
        "(10**12).__rlshift__(1)",
        "PermissionError: __rlshift__ is not available here",
    ),
}


@pytest.mark.parametrize("name", HELD)
def test_it_is_held(name: str, runner: Runner) -> None:
    program, ending = HELD[name]
    recording = runner.run("import torch\nimport numpy as np\n" + textwrap.dedent(program))
    assert last_line(recording).startswith(ending)
    assert "ESCAPED" not in printed(recording) + last_line(recording)


HONEST = {
    "torch's own way to utils.data": (
        "data = torch.utils.data.TensorDataset(torch.arange(3))\nprint(len(torch.utils.data.DataLoader(data)))",
        "3\n",
    ),
    "attributes that are guarded on others": (
        """
        class A:
            def __init__(self): self.row, self.op, self.obj, self.arguments = 1, 2, 3, {}
        a = A()
        a.arguments['x'] = 1
        print(a.row, a.op, a.obj, a.arguments)
        """,
        "1 2 3 {'x': 1}\n",
    ),
    "parents' __init__ in every form": (
        """
        class A(torch.nn.Module):
            def __init__(self):
                torch.nn.Module.__init__(self)
                self.w = torch.nn.Parameter(torch.ones(1))
        class B(A):
            def __init__(self): super(B, self).__init__()
        class C(B):
            def __init__(self): B.__init__(self)
        class L(list):
            def __init__(self): super().__init__([1, 2])
        class E(Exception):
            def __init__(self, m): super().__init__(m + '!')
        print(len(list(C().parameters())), L(), E('x'))
        """,
        "1 [1, 2] x!\n",
    ),
    "powers of one's own kinds of numbers": (
        """
        class V:
            def __init__(self, x): self.x = x
            def __pow__(self, n): return V(self.x ** n)
            def __rpow__(self, n): return n ** self.x
        v = V(2.0)
        print((v ** 3).x, v.__pow__(2).x, 2 ** v)
        """,
        "8.0 4.0 4.0\n",
    ),
    "powers and shifts in place": (
        """
        class A: pass
        a = A()
        a.x, a.t, n = 3, torch.full((2,), 2.0), 20
        a.x **= n
        a.t **= n
        l = [1, 2.0, torch.tensor(2.0)]
        l[0] <<= n
        l[1] **= n
        l[2] **= n
        print(a.x, a.t, l, type(l[0]))
        """,
        "3486784401 tensor([1048576., 1048576.]) [1048576, 1048576.0, tensor(1048576.)] <class 'int'>\n",
    ),
    "private attributes of one's own": (
        """
        class N(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self._k = 1
        n = N()
        n._k += 1
        n.linear = torch.nn.Linear(1, 1)
        print(n._k)
        """,
        "2\n",
    ),
    "the locals of a function of one's own": (
        "def f(a):\n    b = 2\n    return locals()\nprint(f(1))",
        "{'a': 1, 'b': 2}\n",
    ),
    "main": ("if __name__ == '__main__': print('main')", "main\n"),
    "a kind of str and an enum of them": (
        "from enum import Enum\nclass S(str): pass\nclass E(str, Enum):\n    A = 'a'\nprint(S('x') == 'x', E.A == 'a')",
        "True True\n",
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_is_honest_still_works(name: str, runner: Runner) -> None:
    program, output = HONEST[name]
    recording = runner.run("import torch\nimport numpy as np\n" + textwrap.dedent(program))
    assert last_line(recording) == ""
    assert printed(recording) == output
