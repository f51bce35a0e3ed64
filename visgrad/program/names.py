"""Which names a program may use: the one rule that source text, `getattr` and keyword arguments share.

Owns the lists.  Who asks at compile time is `policy`, who asks while a program runs is `guards`.  A name is PLAIN
(reached directly, at no cost), GUARDED (reached through `guards.Guards.getattr`) or REFUSED.
"""

from __future__ import annotations

from enum import Enum


class Rule(Enum):
    """What happens when a program reads an attribute of this name."""

    PLAIN = "plain"
    GUARDED = "guarded"
    REFUSED = "refused"


def words(text: str) -> tuple[str, ...]:
    """The words of a text: the form long lists of names have here."""
    return tuple(text.split())


def _words(text: str) -> frozenset[str]:
    return frozenset(words(text))


ARITHMETIC = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or"

DEFINABLE = _words(
    """__init__ __new__ __call__ __repr__ __str__ __bytes__ __format__ __hash__ __bool__ __len__ __length_hint__
    __getitem__ __setitem__ __delitem__ __missing__ __iter__ __next__ __reversed__ __contains__ __enter__ __exit__
    __lt__ __le__ __eq__ __ne__ __gt__ __ge__ __neg__ __pos__ __abs__ __invert__ __complex__ __int__ __float__
    __index__ __round__ __trunc__ __floor__ __ceil__ __get__ __set__ __delete__ __set_name__ __init_subclass__
    __class_getitem__ __getattr__ __setattr__ __delattr__ __getattribute__ __dir__ __copy__ __deepcopy__
    __post_init__ __doc__ __match_args__ __slots__ __hash__ __all__ __version__ __author__ __fspath__"""
) | {f"__{prefix}{name}__" for prefix in ("", "r", "i") for name in ARITHMETIC.split()}
"""Special names a program may define, in a class body or (`__all__` …) at the top."""

WRAPPED = _words("__getattr__ __getattribute__")
"""Methods that other code calls with attribute names: definable only by `def`, never told of special names."""

LITERAL = _words("__match_args__ __slots__")
"""Names whose value Python reads attribute names from: only a literal of plain names."""

INTEGER_POWERS = _words("__pow__ __rpow__ __lshift__ __rlshift__")
"""On integers these can take for ever inside one C call."""

READABLE = (
    DEFINABLE
    - WRAPPED
    - INTEGER_POWERS
    - _words("__init__ __setattr__ __delattr__ __slots__ __match_args__ __dir__ __set_name__")
) | _words("__name__ __qualname__ __module__ __cause__ __context__ __notes__ __suppress_context__")
"""Special attributes that are harmless on every object a program can reach."""

GUARDED = INTEGER_POWERS | _words(
    """__init__ __class__ __dict__ __annotations__ __setattr__ __delattr__ __getattr__ __mro__ __bases__ mro
    format format_map resize data dumps obj op row arguments"""
)
"""Attributes that are harmless on some objects only."""

FOREIGN = _words(
    """_asdict _replace _fields _make _field_defaults _version _base _is_view _modules _parameters _buffers _get_name
    _value_ _name_"""
)
"""Names with one leading underscore that may be read on objects that are not the program's own."""

SAVED = "_saved_"
"""How the names begin under which a `grad_fn` shows what it saved."""

INTERNAL = _words(
    """tb_frame tb_next tb_lasti f_back f_builtins f_code f_globals f_locals f_trace f_generator gi_frame gi_code
    gi_yieldfrom cr_await cr_frame cr_code cr_origin ag_await ag_frame ag_code co_code co_consts with_traceback
    func_code func_globals func_closure func_defaults func_dict ctypes cffi capsule byteswap tofile dump"""
)
"""Attributes that lead out of a program, and those of arrays that lead to files or raw memory."""


def special(name: str) -> bool:
    """Whether a name is written `__so__`."""
    return name.startswith("__") and name.endswith("__") and len(name) > 4


def rule(name: str) -> Rule:
    """What happens when a program reads the attribute `name`."""
    if name in INTERNAL:
        return Rule.REFUSED
    if name in GUARDED:
        return Rule.GUARDED
    if special(name):
        return Rule.PLAIN if name in READABLE else Rule.REFUSED
    return Rule.GUARDED if name.startswith("_") else Rule.PLAIN


def writable(name: str) -> bool:
    """Whether a program may set or delete an attribute of this name (on an object it may write to)."""
    return name not in INTERNAL and (not special(name) or name in ("__name__", "__qualname__", "__doc__"))


def refusal(name: str) -> str:
    """The sentence that refuses an attribute, naming what works instead."""
    instead = {
        "__dict__": "vars(x) shows an object's attributes",
        "__subclasses__": "keep a list of classes yourself, in __init_subclass__",
        "__globals__": "globals() shows the program's names",
        "__builtins__": "the usual functions are there by their names",
        "__traceback__": "the error's own text is str(error)",
        "with_traceback": "raise … from … keeps the cause",
        "__import__": "use an import statement",
        "tofile": "print(x.tolist()) shows the values",
        "dump": "print(x.tolist()) shows the values",
        "__del__": "use a with block to end things in order",
        "__array_interface__": "torch.from_numpy(x) shares an array's memory",
        "__file__": "a program here is text, not a file",
    }.get(name)
    return f"{name} is not available here" + (f"; {instead}" if instead else "")
