"""`torch.nn.parallel`: a module spread over devices; there is one here, so it runs as it is."""

from __future__ import annotations

from typing import Any

from engine.nn.module import Module

__all__ = ["DataParallel"]


class DataParallel(Module):
    """`nn.DataParallel(model)`, which without several GPUs is the model, called `module`."""

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module, self.device_ids, self.output_device, self.dim = module, device_ids or [], output_device, dim

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module gives."""
        return self.module(*inputs, **kwargs)


DataParallel.__module__ = "torch.nn.parallel.data_parallel"
