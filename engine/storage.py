"""A tensor's memory as torch shows it: `x.storage()` and `x.untyped_storage()`, shared by a tensor and its views."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine import backends, dtypes, views


class _Storage:
    """What both kinds have: the array that owns the memory, flat."""

    __module__ = "torch.storage"

    def __init__(self, tensor: Any) -> None:
        self._flat: Any = views.root(views.storage(tensor)).ravel("K")
        self.device = tensor.device

    def data_ptr(self) -> int:
        """The address of the first element."""
        return int(self._flat.__array_interface__["data"][0])

    def nbytes(self) -> int:
        """The size in bytes."""
        return int(self._flat.nbytes)

    def size(self) -> int:
        """How many items there are."""
        return len(self)

    def __len__(self) -> int:
        return int(self._flat.size)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __getitem__(self, key: Any) -> Any:
        return self.tolist()[key]

    def tolist(self) -> list[Any]:
        """The items as a list."""
        return backends.to_numpy(self._flat).tolist()  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        rows = "\n".join(f" {item}" for item in self)
        return f"{rows}\n[{self._kind()} of size {len(self)}]"

    def _kind(self) -> str:
        raise NotImplementedError


class TypedStorage(_Storage):
    """The elements a tensor and its views lie among."""

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements."""
        return dtypes.FROM_NUMPY[self._flat.dtype]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._flat[key] = value

    def _kind(self) -> str:
        return f"torch.storage.TypedStorage(dtype={self.dtype}, device={self.device})"


class UntypedStorage(_Storage):
    """The bytes a tensor and its views lie among."""

    def __init__(self, tensor: Any) -> None:
        super().__init__(tensor)
        self._flat = self._flat.view("uint8")

    def _kind(self) -> str:
        return f"torch.storage.UntypedStorage(device={self.device})"
