"""Optimizers and learning-rate schedules: `torch.optim`."""

from __future__ import annotations

from engine.optim import lr_scheduler, swa_utils
from engine.optim.adafactor import Adafactor
from engine.optim.algorithms import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, NAdam, RAdam, RMSprop
from engine.optim.asgd import ASGD
from engine.optim.lbfgs import LBFGS
from engine.optim.muon import Muon
from engine.optim.optimizer import Optimizer
from engine.optim.rprop import Rprop

__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Muon",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "lr_scheduler",
    "swa_utils",
]

for _name in __all__:
    _value = globals()[_name]
    if isinstance(_value, type):  # as `print(type(optimizer))` shows them
        _file = "" if _name in ("Adafactor", "Muon") else f".{_name.lower()}"
        _value.__module__ = f"torch.optim{_file}"
