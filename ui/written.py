"""A picture file that is written piece by piece in a `with` block, and ended only if nothing went wrong."""

from __future__ import annotations

from types import TracebackType
from typing import Self


class Written:
    """What the writers of PNG, GIF and WebP share."""

    def end(self) -> None:
        """Write what ends the file."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.end()
