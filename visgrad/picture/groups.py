"""What a group of operations is: a loop, a pass of one, a call of a function or of a module.

The tree of groups is made by `fold`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LOOP, PASS, FUNCTION, MODULE = "loop", "pass", "function", "module"


@dataclass
class Group:
    """A piece of the program's run.  `parent`: the group it lies in, or -1.  `children`: groups directly in it.

    `kind`: "loop", "pass", "function" or "module".  `title`: `for i in range(3)`, `pass 2`, `f`, `model.0`.
    `line`: where it stands.  `operations`: how many lie in it, at any depth, of which `computes` have inputs; `own`:
    directly.  `first`, `last`: their ids at the ends.  `leads`: it is the first pass of its loop.
    """

    parent: int
    kind: str
    title: str
    line: int
    depth: int
    leads: bool = False
    operations: int = 0
    computes: int = 0
    first: int = -1
    last: int = -1
    own: int = 0
    children: list[int] = field(default_factory=list)
