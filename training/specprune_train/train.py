"""Trains a policy: behaviour cloning of action chunks with dense grounding losses, coarse images first.

Two processes with one thread each share the work on a CPU (``--workers 2``): unlike two threads of one process
they hardly slow down when something else uses a core. A run continues from its checkpoint when started again.
"""

from __future__ import annotations

import copy
import json
import math
import os
import signal
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import Tensor

from .checkpoint import BEST_FILE, CHECKPOINT_FILE, Checkpoint, RunState, load_checkpoint, save_checkpoint
from .closed_loop import evaluate_closed_loop
from .data import TrainingData
from .losses import attribute_loss, compute_losses, sample_diagnostics
from .model import PolicyConfig, TrainingModel
from .precision import choose_precision
from .settings import Settings, parse_arguments
from .warm_start import grown, read_embedding, read_policy_weights

LOG_FILE = "log.jsonl"
DEFAULT_WORD_SLOTS = 7
"""Words of an instruction in data that do not say it: those of suite object alone."""
WARM_UP_STEPS = 200
FINAL_RATE_SHARE = 0.01
BETAS = (0.9, 0.95)
MAX_GRADIENT_NORM = 1.0
STATIC_SHARES = (0.75, 0.5)
"""Share of static scenes in a batch in the first and in the second half of a run."""


class Trainer:
    """One process of a run."""

    def __init__(self, settings: Settings, rank: int) -> None:
        self.settings = settings
        self.rank = rank
        self.device = torch.device(settings.device)
        self.data = TrainingData(
            Path(settings.data),
            settings.held_out,
            static=not settings.no_static,
            switches=not settings.no_switches,
            suite_weights=settings.weights_by_suite,
        )
        self.path = Path(settings.out) / CHECKPOINT_FILE
        previous = load_checkpoint(self.path) if self.path.exists() else None
        self.config = previous.config if previous else self._new_config()
        self.statistics = previous.statistics if previous else self.data.statistics
        torch.manual_seed(settings.seed)
        self.model = TrainingModel(self.config).to(self.device)
        self.model.policy.set_proprio_statistics(self.statistics.proprio_mean, self.statistics.proprio_std)
        self.ema = copy.deepcopy(self.model).requires_grad_(False)
        if settings.warm_start and not previous:
            self._warm_start(Path(settings.warm_start))
        self._fixed = self._take_embedding(Path(settings.embedding_from)) if settings.embedding_from else frozenset()
        self.trained = self._trained_parameters()
        self.optimizer = self._new_optimizer()
        self.state = RunState()
        if previous:
            self._restore(previous)
        self.gradients = self._bind_gradients()
        self._pending_s = 0.0
        self._window: list[dict[str, Tensor]] = []
        self._window_start = (self.state.elapsed_s, self.state.samples)

    def _new_config(self) -> PolicyConfig:
        meta, settings = self.data.meta, self.settings
        return PolicyConfig(
            vocabulary_size=len(meta["vocabulary"]),
            proprio_size=len(meta["proprioFields"]),
            layers=settings.layers,
            width=settings.width,
            feed_forward=4 * settings.width,
            words=meta.get("wordSlots", DEFAULT_WORD_SLOTS),
            stem_blocks=settings.stem_blocks,
            aux_layer=settings.aux_layer,
            referents=self.data.referents,
        )

    def _trained_parameters(self) -> list[torch.nn.Parameter]:
        """What learns: all but an embedding that was taken over, or the layers that the settings name and the heads that only
        training has."""
        layers = self.settings.trained_layers
        learns = tuple(f"policy.blocks.{layer - 1}." for layer in layers or ())
        for name, parameter in self.model.named_parameters():
            chosen = layers is None or name.startswith(learns) or not name.startswith("policy.")
            parameter.requires_grad_(chosen and name not in self._fixed)
        return [parameter for parameter in self.model.parameters() if parameter.requires_grad]

    def _new_optimizer(self) -> torch.optim.Optimizer:
        matrices = [parameter for parameter in self.trained if parameter.ndim >= 2]
        vectors = [parameter for parameter in self.trained if parameter.ndim < 2]
        groups = [
            {"params": matrices, "weight_decay": self.settings.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=self.settings.learning_rate, betas=BETAS, fused=True)

    def _warm_start(self, path: Path) -> None:
        """Begin with the averaged weights of another run; parts that it lacks keep their random start."""
        stored = read_policy_weights(path, self.model.policy) if path.is_dir() else load_checkpoint(path).ema
        source = grown(stored, self.model.state_dict())
        self.model.load_state_dict(source, strict=False)
        self.ema.load_state_dict(source, strict=False)

    def _take_embedding(self, folder: Path) -> frozenset[str]:
        """Begin with the embedding of a published model; returns the names of its parameters.

        :raises ValueError: if it has another shape
        """
        embedding = read_embedding(folder, self.model.policy)
        self.model.load_state_dict(embedding, strict=False)
        self.ema.load_state_dict(embedding, strict=False)
        return frozenset(embedding)

    def _restore(self, checkpoint: Checkpoint) -> None:
        self.model.load_state_dict(checkpoint.model)
        self.ema.load_state_dict(checkpoint.ema)
        self.optimizer.load_state_dict(checkpoint.optimizer)
        self.state = checkpoint.state

    def _bind_gradients(self) -> Tensor:
        """One flat buffer that all gradients are views of, so that one message averages them.

        Its last element carries the first process's clock to the others.
        """
        flat = torch.zeros(sum(parameter.numel() for parameter in self.trained) + 1, device=self.device)
        offset = 0
        for parameter in self.trained:
            parameter.grad = flat[offset : offset + parameter.numel()].view(parameter.shape)
            offset += parameter.numel()
        return flat

    @property
    def progress(self) -> float:
        """How much of the budget is spent, from 0 to 1."""
        if self.settings.steps is not None:
            return min(1.0, self.state.step / self.settings.steps)
        return min(1.0, self.state.elapsed_s / (60 * self.settings.minutes))

    @property
    def coarse(self) -> bool:
        """Whether images are still seen at half their resolution."""
        return self.progress < self.settings.coarse_share

    def run(self) -> None:
        """Train until the budget is spent (or until ``stop_after_steps``)."""
        last_log = last_checkpoint = previous = time.monotonic()
        first_step = self.state.step
        while self.progress < 1:
            self._step()
            now = time.monotonic()
            self._pending_s, previous = now - previous, now
            if self._evaluation_is_due():
                self._evaluate()
                previous = time.monotonic()
            if self.rank == 0 and now - last_log > self.settings.log_every_s:
                self._log()
                last_log = now
            if self.rank == 0 and now - last_checkpoint > self.settings.checkpoint_every_s:
                self._checkpoint()
                last_checkpoint = now
            if self.settings.stop_after_steps and self.state.step - first_step >= self.settings.stop_after_steps:
                break
        if self.rank == 0:
            self._log()
            self._checkpoint()

    def _evaluation_is_due(self) -> bool:
        every = self.settings.evaluate_every_steps
        return self.rank == 0 and every is not None and self.state.step % every == 0

    def _evaluate(self) -> None:
        """Closed-loop success of the averaged weights, at full resolution; its time is not the training's. The other
        processes wait for this one's gradients meanwhile."""
        settings = self.settings
        suites = evaluate_closed_loop(
            self._snapshot(),
            settings.evaluate_suites,
            settings.evaluate_seeds,
            settings.evaluate_execute,
            settings.evaluate_wording,
        )
        success = float(np.mean([values["success"] for values in suites.values()]))
        if success > self.state.best_success:
            self.state.best_success = success
            save_checkpoint(self.path.with_name(BEST_FILE), self._snapshot())
        self._write_log({"closed_loop": True, "step": self.state.step, "success": success, "suites": suites})

    def _step(self) -> None:
        settings = self.settings
        coarse, static_share = self.coarse, STATIC_SHARES[self.progress >= 0.5]
        batch_size = (settings.coarse_batch if coarse else settings.full_batch) // settings.workers
        micro = batch_size if coarse else min(batch_size, settings.micro_batch)
        generator = np.random.default_rng([settings.seed, self.rank, self.state.step])
        self.gradients.zero_()
        for _ in range(batch_size // micro):
            self._accumulate(generator, micro, static_share, coarse, micro / batch_size)
        self._accumulate_attributes(generator, static_share, coarse)
        self._share_gradients()
        self._update()
        self.state.step += 1
        self.state.samples += batch_size * settings.workers
        self.state.coarse_samples += batch_size * settings.workers if coarse else 0

    def _accumulate(self, generator: np.random.Generator, size: int, static_share: float, coarse: bool, weight: float) -> None:
        batch = self.data.draw(generator, size, static_share, self.device, self.settings.visited_share)
        with self._autocast():
            output = self.model(batch.images, batch.words, batch.proprio, coarse)
        total, diagnostics = compute_losses(output, batch, self.statistics, coarse, self.settings.left_out_losses)
        (weight * total).backward()
        self._window.append(diagnostics)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.precision != "float32")

    def _accumulate_attributes(self, generator: np.random.Generator, static_share: float, coarse: bool) -> None:
        """More images for the stem alone, which is slow to tell shapes apart and cheap to train."""
        size = self.settings.attribute_batch // self.settings.workers
        if size == 0 or self.settings.no_attribute_loss:
            return
        batch = self.data.draw(generator, size, static_share, self.device)
        with self._autocast():
            logits = self.model.attributes(batch.images, batch.words, batch.proprio, coarse)
        loss = attribute_loss(logits.float(), batch.words, batch.masks, batch.mentions, coarse)
        loss.backward()
        self._window[-1]["attribute_extra"] = loss.detach()

    def _share_gradients(self) -> None:
        """Average the gradients over the processes and agree on the clock."""
        self.gradients[-1] = self._pending_s * self.settings.workers if self.rank == 0 else 0.0
        if self.settings.workers > 1:
            dist.all_reduce(self.gradients)
            self.gradients /= self.settings.workers
        self.state.elapsed_s += float(self.gradients[-1])

    def _update(self) -> None:
        flat = self.gradients[:-1]
        flat.mul_((MAX_GRADIENT_NORM / (flat.norm() + 1e-6)).clamp(max=1))
        warm_up = min(1.0, (self.state.step + 1) / WARM_UP_STEPS)
        decay = FINAL_RATE_SHARE + (1 - FINAL_RATE_SHARE) * 0.5 * (1 + math.cos(math.pi * self.progress))
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * warm_up * decay
        self.optimizer.step()
        decay_ema = min(self.settings.ema_decay, (1 + self.state.step) / (10 + self.state.step))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.ema.parameters()), list(self.model.parameters()), 1 - decay_ema)

    def _log(self) -> None:
        """Append the means since the last line, as this process saw them."""
        if not self._window:
            return
        means = _means(self._window)
        seconds, samples = self._window_start
        elapsed = max(1e-6, self.state.elapsed_s - seconds)
        self._write_log(
            {
                "coarse": self.coarse,
                "progress": self.progress,
                **asdict(self.state),
                "samples_per_s": (self.state.samples - samples) / elapsed,
                **means,
            }
        )
        self._window = []
        self._window_start = (self.state.elapsed_s, self.state.samples)

    def _write_log(self, values: dict[str, Any]) -> None:
        rounded = {key: round(value, 5) if isinstance(value, float) else value for key, value in values.items()}
        line = json.dumps(rounded)
        print(line, flush=True)
        with (self.path.parent / LOG_FILE).open("a") as log:
            log.write(line + "\n")

    def _snapshot(self) -> Checkpoint:
        meta = self.data.meta
        return Checkpoint(
            config=self.config,
            statistics=self.statistics,
            state=self.state,
            model=self.model.state_dict(),
            ema=self.ema.state_dict(),
            optimizer=self.optimizer.state_dict(),
            settings=asdict(self.settings),
            data={
                "vocabulary": meta["vocabulary"],
                "proprioFields": meta["proprioFields"],
                "suite": meta["suite"],
                "suites": self.data.suites,
                "sources": self.data.sources,
            },
        )

    def _checkpoint(self) -> None:
        save_checkpoint(self.path, self._snapshot())
        self._validate()

    @torch.no_grad()
    def _validate(self) -> None:
        """Log the averaged weights' losses on the held-out static scenes, at the present resolution."""
        rows: list[dict[str, Tensor]] = []
        tasks: list[np.ndarray] = []
        samples: list[dict[str, Tensor]] = []
        for first in range(0, len(self.data.held_out), self.settings.micro_batch):
            batch = self.data.held_out_batch(first, self.settings.micro_batch, self.device)
            with self._autocast():
                output = self.ema(batch.images, batch.words, batch.proprio, self.coarse)
            rows.append(compute_losses(output, batch, self.statistics, self.coarse)[1])
            if batch.task is not None:
                tasks.append(batch.task)
                samples.append(sample_diagnostics(output, batch, self.statistics, self.coarse))
        values: dict[str, Any] = {"held_out": True, "step": self.state.step, "elapsed_s": self.state.elapsed_s}
        values.update(_means(rows))
        if tasks:
            values["tasks"] = _means_by_task(np.concatenate(tasks), samples, self.data.meta["tasks"])
        self._write_log(values)


def _means(rows: Sequence[dict[str, Tensor]]) -> dict[str, float]:
    """The mean of every value, over the rows that have it."""
    names = {name: None for row in rows for name in row}
    return {name: float(torch.stack([row[name] for row in rows if name in row]).mean()) for name in names}


def _means_by_task(
    tasks: np.ndarray, samples: Sequence[dict[str, Tensor]], names: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Means over the held-out scenes of each task and of each suite."""
    columns = {key: torch.cat([row[key] for row in samples]).float().cpu().numpy() for key in samples[0]}
    labels = np.array([names[task] for task in tasks])
    suites = np.array([label.split("/")[0] for label in labels])
    groups = [(label, labels == label) for label in sorted(set(labels))]
    groups += [(suite, suites == suite) for suite in sorted(set(suites))]

    def mean(values: np.ndarray) -> float:
        known = values[~np.isnan(values)]
        return round(float(known.mean()), 4) if len(known) else -1.0

    return {
        name: {"scenes": int(chosen.sum()), **{key: mean(column[chosen]) for key, column in columns.items()}}
        for name, chosen in groups
    }


def _work(rank: int, settings: Settings, rendezvous: str) -> None:
    """Entry point of one process."""
    # A process started in the background ignores this signal, by which it learns that its parent has ended.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if settings.device == "cpu" and settings.workers > 1:
        torch.set_num_threads(1)
    if settings.workers > 1:
        dist.init_process_group("gloo", init_method=f"file://{rendezvous}", rank=rank, world_size=settings.workers)
    Trainer(settings, rank).run()
    if settings.workers > 1:
        dist.destroy_process_group()


def train(settings: Settings) -> None:
    """Run or continue a training run."""
    settings = replace(settings, precision=choose_precision(settings.precision, torch.device(settings.device)))
    Path(settings.out).mkdir(parents=True, exist_ok=True)
    if settings.workers == 1:
        _work(0, settings, "")
        return
    with tempfile.TemporaryDirectory() as folder:
        mp.spawn(_work, args=(settings, os.path.join(folder, "rendezvous")), nprocs=settings.workers)


if __name__ == "__main__":
    train(parse_arguments())
