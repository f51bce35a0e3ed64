"""What keeps NumPy from taking a program's object for an array at an address of the program's choice.

NumPy asks any object, its instance dictionary included, for `__array_interface__` and `__array_struct__`, and believes
the pointer it is given.  No program can write such names; here every class a program can make or use says besides that
it has none, whatever a dictionary of attributes may come to hold.
"""

from __future__ import annotations

import sys
from typing import Any, NoReturn

POINTERS = ("__array_interface__", "__array_struct__")


class _Absent:
    """A data descriptor, so that it comes before what an instance's dictionary holds."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type | None = None) -> NoReturn:
        raise AttributeError(self._name)

    def __set__(self, instance: object, value: object) -> NoReturn:
        raise AttributeError(self._name)


ABSENT: dict[str, _Absent] = {}
for _name in POINTERS:
    ABSENT[_name] = _Absent()
    ABSENT[_name].__set_name__(object, _name)


def shield(kind: type) -> Any:
    """The class, whose objects NumPy will not take for arrays."""
    for name, absent in ABSENT.items():
        type.__setattr__(kind, name, absent)
    return kind


def shield_package(package: str) -> None:
    """Shield all classes that a package's loaded modules define."""
    for name, module in list(sys.modules.items()):
        if name == package or name.startswith(f"{package}."):
            kinds = [value for value in vars(module).values() if isinstance(value, type)]
            for kind in kinds:
                if kind.__module__.startswith((package, "torch")) and not issubclass(kind, type):
                    shield(kind)
