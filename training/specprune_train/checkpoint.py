"""Checkpoints: everything that continues a run or exports its policy."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from .data import Statistics
from .model import PolicyConfig, TrainingModel

CHECKPOINT_FILE = "checkpoint.pt"
BEST_FILE = "best.pt"
"""The checkpoint whose averaged weights did best closed loop."""


@dataclass
class RunState:
    """Counters of a run; they decide the schedule."""

    step: int = 0
    samples: int = 0
    coarse_samples: int = 0
    elapsed_s: float = 0.0
    best_success: float = -1.0
    """Mean closed-loop success over the suites of the best weights so far; -1 before the first evaluation."""


@dataclass
class Checkpoint:
    """The content of a checkpoint file."""

    config: PolicyConfig
    statistics: Statistics
    state: RunState
    model: dict[str, Any]
    ema: dict[str, Any]
    optimizer: dict[str, Any]
    settings: dict[str, Any]
    """The trainer's settings, for the record."""
    data: dict[str, Any]
    """Vocabulary, proprioceptive fields, suite and sources of the data."""


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write atomically, so that an interrupted run keeps its last checkpoint."""
    values = {**vars(checkpoint), "config": checkpoint.config.to_json()}
    values["statistics"], values["state"] = asdict(checkpoint.statistics), asdict(checkpoint.state)
    temporary = path.with_suffix(".partial")
    torch.save(values, temporary)
    os.replace(temporary, path)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint onto the CPU."""
    values = torch.load(path, map_location="cpu", weights_only=True)
    values["config"] = PolicyConfig.from_json(values["config"])
    values["statistics"], values["state"] = Statistics(**values["statistics"]), RunState(**values["state"])
    return Checkpoint(**values)


def averaged_model(checkpoint: Checkpoint) -> TrainingModel:
    """The model with the averaged weights, which is what gets exported.

    Heads that only training uses may be missing: older checkpoints know fewer of them.
    """
    model = TrainingModel(checkpoint.config)
    missing = model.load_state_dict(checkpoint.ema, strict=False).missing_keys
    lost = [name for name in missing if name.startswith("policy.")]
    if lost:
        raise ValueError(f"the checkpoint lacks parts of the policy: {', '.join(lost)}")
    return model.eval()
