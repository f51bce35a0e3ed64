"""What a tensor says of its array: shape, type, device, and how it lies in memory."""

from __future__ import annotations

from typing import Any, NoReturn

from engine import backends, dtypes, errors, views
from engine import storage as memory


class Size(tuple[int, ...]):
    """The shape of a tensor."""

    __slots__ = ()
    __module__ = "torch"

    def numel(self) -> int:
        """How many elements a tensor of this shape has."""
        count = 1
        for n in self:
            count *= n
        return count

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __getitem__(self, key: Any) -> Any:
        found = tuple.__getitem__(self, key)
        return Size(found) if isinstance(key, slice) else found

    def __add__(self, other: Any) -> Size:
        return Size(tuple.__add__(self, other))

    def __mul__(self, count: Any) -> Size:
        return Size(tuple.__mul__(self, count))

    __rmul__ = __mul__

    def __call__(self, *args: Any) -> NoReturn:
        raise TypeError("'torch.Size' object is not callable")


class Metadata:
    """The part of a Tensor that describes it."""

    _data: Any
    _base: Any
    _inference: bool

    @property
    def shape(self) -> Size:
        return Size(self._data.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.FROM_NUMPY[self._data.dtype]

    @property
    def device(self) -> backends.device:
        return backends.device_of(self._data)

    @property
    def ndim(self) -> int:
        return int(self._data.ndim)

    @property
    def itemsize(self) -> int:
        return int(self._data.dtype.itemsize)

    @property
    def nbytes(self) -> int:
        return int(self._data.size) * self.itemsize

    @property
    def is_cuda(self) -> bool:
        return self.device.type == "cuda"

    is_sparse = is_quantized = is_meta = is_mps = is_xpu = is_nested = False

    def get_device(self) -> int:
        """The number of the GPU, -1 on the CPU."""
        return -1 if self.device.index is None else self.device.index

    @property
    def layout(self) -> backends.layout:
        return backends.strided

    @property
    def name(self) -> None:
        return None

    @name.setter
    def name(self, value: Any) -> NoReturn:
        raise AttributeError("attribute 'name' of 'torch._C.TensorBase' objects is not writable")

    def size(self, dim: int | None = None) -> Any:
        """The shape, or one entry of it."""
        if isinstance(dim, str | float):
            raise TypeError(f"size(): argument 'dim' (position 1) must be int, not {type(dim).__name__}")
        return self.shape if dim is None else self.shape[errors.dimension(dim, self.ndim)]

    def dim(self) -> int:
        """The number of dimensions."""
        return int(self._data.ndim)

    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return int(self._data.size)

    nelement = numel

    def element_size(self) -> int:
        """Bytes for one element."""
        return self.itemsize

    def stride(self, dim: int | None = None) -> Any:
        """Elements to skip in memory for one step along each dimension."""
        data = self._data
        strides = tuple(s // data.dtype.itemsize for s in data.strides)
        if data.size == 0 or 1 in data.shape:
            strides = views.torch_strides(data)
        return strides if dim is None else strides[errors.dimension(dim, len(strides))]

    def storage_offset(self) -> int:
        """Elements between the start of the storage and the first element."""
        return views.offset(self)

    def storage(self) -> memory.TypedStorage:
        """The memory that this tensor and its views lie in, element by element."""
        return memory.TypedStorage(self)

    def untyped_storage(self) -> memory.UntypedStorage:
        """The memory that this tensor and its views lie in, byte by byte."""
        return memory.UntypedStorage(self)

    def data_ptr(self) -> int:
        """The address of the first element."""
        return int(views.storage(self).__array_interface__["data"][0])

    def is_contiguous(self) -> bool:
        """Whether the elements lie in memory in order, without gaps."""
        return bool(self._data.flags.c_contiguous)

    def is_floating_point(self) -> bool:
        """Whether the type is a floating-point one."""
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        """Whether the type is a complex one."""
        return self.dtype.is_complex

    def is_signed(self) -> bool:
        """Whether the type has negative values."""
        return self.dtype.is_signed

    def _is_view(self) -> bool:
        return self._base is not None

    def is_inference(self) -> bool:
        """Whether this was made in `inference_mode`."""
        return self._inference
