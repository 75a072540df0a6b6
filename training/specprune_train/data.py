"""Training frames: shards written by the simulator, read through memory maps, and the batches drawn from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .bundle import PIXEL_OFFSET, PIXEL_SCALE
from .model import ATTRIBUTE_WORDS
from .orientation import SEEKING_PHASES, SYMMETRIES

STATIC, TRAJECTORIES, VISITED = "static", "trajectories", "visited"
MASK_BITS = (1, 2, 4, 16)
"""Bit flags of the target, the destination, the fingers and the landmark."""
SWITCHED = 1
"""Bit of the flags of frames from episodes whose instruction changes."""
NOT_SAID = 255
"""Stands in ``mentions`` for a word that is not said."""
OPTIONAL_ARRAYS = ("mentions", "task", "flags")
"""What only data of several suites have."""
GRIPPER = 6
TRANSITION_WEIGHT = 4.0
"""How much more often a trajectory frame whose chunk opens or closes the gripper is drawn."""
NEAR_WEIGHT = 3.0
"""How much more often a frame is drawn in which the hand is about to grasp: where a centimetre decides."""
NEAR_M, LOW_M = 0.05, 0.14
"""Such a hand is this near to the target, seen from above, and lower than this."""
PLACING_PHASES = ("carry", "lower", "release")
PLACING_WEIGHT = 2.0
"""How much more often a frame is drawn in which the hand is about to set down: as near to the destination as that."""
SHAPE_WEIGHTS: Mapping[str, float] = {"cylinder": 1.7}
"""How much more often frames are drawn that seek a shape which slips out of the fingers unless it is grasped in the middle."""
TASK_SEPARATOR = "/"
"""Between suite and task in a task's name."""
COLOUR_GAIN = 0.1
PROPRIO_NOISE = 0.01
"""Standard deviation of the noise on normalised proprioception."""
MIN_STD = 1e-4


@dataclass(frozen=True)
class Statistics:
    """Means and standard deviations that normalise inputs and targets."""

    proprio_mean: list[float]
    proprio_std: list[float]
    grounding_mean: list[float]
    grounding_std: list[float]
    keyframe_mean: list[float]
    keyframe_std: list[float]


@dataclass
class Batch:
    """One batch on the training device."""

    images: Tensor
    words: Tensor
    proprio: Tensor
    masks: Tensor
    """float ``[B, views, channels, rows, columns]``"""
    chunk: Tensor
    keyframe: Tensor
    grounding: Tensor
    symmetry: Tensor
    """``[B]`` rotational symmetry of a target that still has to be grasped; 0 where it does not matter or is not seen"""
    mentions: Tensor | None = None
    """``[B, referents, 2]`` places of the words for colour and noun, -1 where there is none"""
    task: np.ndarray | None = None
    """Number of each sample's task."""


class ShardSet:
    """All frames of one kind; images and masks stay on disk, the small arrays are in memory.

    Kinds: static scenes, trajectories of the expert, and what a policy visited and the expert labelled."""

    def __init__(self, folder: Path, suite_weights: Mapping[str, float] = MappingProxyType({})) -> None:
        self.shards = sorted(path.parent for path in folder.glob("shard-?????/meta.json"))
        self.metas: list[dict[str, Any]] = [json.loads((shard / "meta.json").read_text()) for shard in self.shards]
        self._images = [np.load(shard / "images.npy", mmap_mode="r") for shard in self.shards]
        self._masks = [np.load(shard / "masks.npy", mmap_mode="r") for shard in self.shards]
        self._starts = np.cumsum([0] + [len(images) for images in self._images])
        if self.shards:
            self.tokens = self._concatenate("tokens")
            self.proprio = self._concatenate("proprio")
            self.chunk = self._concatenate("chunk")
            self.keyframe = self._concatenate("keyframe")
            self.grounding = self._concatenate("grounding")
            self.symmetry = self._symmetry()
            self.weights = self._weights() * self._of_suites(suite_weights)
        self.optional = {
            name: self._concatenate(name)
            for name in OPTIONAL_ARRAYS
            if self.shards and all((shard / f"{name}.npy").exists() for shard in self.shards)
        }

    def _concatenate(self, name: str) -> np.ndarray:
        return np.concatenate([np.load(shard / f"{name}.npy") for shard in self.shards])

    def _seeking(self) -> np.ndarray:
        """Whether the target still has to be grasped."""
        return self._in_phases(SEEKING_PHASES)

    def _in_phases(self, phases: Sequence[str]) -> np.ndarray:
        named = np.array([phase in phases for phase in self.metas[0]["phases"]])
        return named[self._concatenate("phase")]

    def _nouns(self) -> tuple[np.ndarray, np.ndarray]:
        """Number of the word for the target's shape, and whether it is said at all."""
        places = np.full(len(self.tokens), ATTRIBUTE_WORDS[1])
        if all((shard / "mentions.npy").exists() for shard in self.shards):
            places = self._concatenate("mentions")[:, 0, 1].astype(np.int64)
        said = places < self.tokens.shape[1]
        return self.tokens[np.arange(len(self.tokens)), np.where(said, places, 0)], said

    def _symmetry(self) -> np.ndarray:
        """See :attr:`Batch.symmetry`."""
        of_word = np.array([SYMMETRIES.get(word, 0) for word in self.metas[0]["vocabulary"]])
        nouns, said = self._nouns()
        return of_word[nouns] * said * self._seeking()

    def _weights(self) -> np.ndarray:
        """How much more often frames are drawn than others; positive, not normalised."""
        seeking = self._seeking()
        nouns, said = self._nouns()
        of_word = np.array([SHAPE_WEIGHTS.get(word, 1.0) for word in self.metas[0]["vocabulary"]])
        near = seeking & self._hand_above(0) & (self.proprio[:, 2] < LOW_M)
        placing = self._in_phases(PLACING_PHASES) & self._hand_above(1)
        return (
            np.where(near, NEAR_WEIGHT, 1.0)
            * np.where(placing, PLACING_WEIGHT, 1.0)
            * np.where(seeking & said, of_word[nouns], 1.0)
        )

    def _hand_above(self, referent: int) -> np.ndarray:
        """Whether the hand is within :data:`NEAR_M` of a referent, seen from above."""
        place = self.grounding[:, 2 * referent : 2 * referent + 2]
        return np.linalg.norm(self.proprio[:, :2] - place, axis=1) < NEAR_M

    def _of_suites(self, weights: Mapping[str, float]) -> np.ndarray:
        """The weight of every frame's suite times that of its task; 1 where none is given."""
        lengths = [len(images) for images in self._images]
        of_suite = np.repeat([weights.get(meta["suite"], 1.0) for meta in self.metas], lengths)
        if not any(TASK_SEPARATOR in name for name in weights):
            return of_suite
        of_task = np.array([weights.get(name, 1.0) for name in self.metas[0]["tasks"]])
        return of_suite * of_task[self._concatenate("task")]

    def __len__(self) -> int:
        return int(self._starts[-1])

    def images_and_masks(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The images and mask flags of some frames."""
        shards = np.searchsorted(self._starts, indices, side="right") - 1
        rows = indices - self._starts[shards]
        images = np.stack([self._images[shard][row] for shard, row in zip(shards, rows, strict=True)])
        masks = np.stack([self._masks[shard][row] for shard, row in zip(shards, rows, strict=True)])
        return images, masks

    def transition_weights(self, switches: bool = True) -> np.ndarray:
        """Drawing probabilities that favour frames whose chunk moves the gripper.

        :param switches: whether to draw from episodes whose instruction changes
        :raises ValueError: if those are not wanted and the data do not say which they are
        """
        gripper = self.chunk[:, :, GRIPPER]
        moves = (gripper.min(axis=1) < 0) & (gripper.max(axis=1) > 0)
        weights = np.where(moves, TRANSITION_WEIGHT, 1.0) * self.weights
        if not switches:
            if "flags" not in self.optional:
                raise ValueError("the data do not say which episodes switch; make them with a suite other than object alone")
            weights = weights * ((self.optional["flags"] & SWITCHED) == 0)
        return weights / weights.sum()


class TrainingData:
    """Static scenes and trajectories of one data folder, with a few static scenes held out."""

    def __init__(
        self,
        folder: Path,
        held_out: int,
        static: bool = True,
        switches: bool = True,
        suite_weights: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """
        :param suite_weights: how much more often frames of a suite, or of a ``suite/task``, are drawn than others
        :raises ValueError: if a weight is for a suite or a task that the data do not have
        """
        self.static = ShardSet(folder / STATIC, suite_weights)
        self.trajectories = ShardSet(folder / TRAJECTORIES, suite_weights)
        self.visited = ShardSet(folder / VISITED, suite_weights)
        unknown = sorted(set(suite_weights) - set(self.suites) - set(self.meta.get("tasks", ())))
        if unknown:
            raise ValueError(f"{folder} has no suite or task {', '.join(unknown)}; its suites: {', '.join(self.suites)}")
        if len(self.static) <= held_out:
            raise ValueError(f"{folder} holds {len(self.static)} static scenes; more than {held_out} are needed")
        self.held_out = self._choose_held_out(held_out)
        self._static_indices = np.setdiff1d(np.arange(len(self.static)), self.held_out)
        self._use_static = static
        self._static_cumulative = np.cumsum(self.static.weights[self._static_indices])
        self._trajectory_weights = self.trajectories.transition_weights(switches) if len(self.trajectories) else None
        self._visited_weights = self.visited.transition_weights() if len(self.visited) else None
        if not static and self._trajectory_weights is None:
            raise ValueError(f"{folder} holds no trajectories, and static scenes are not to be used")
        self.statistics = self._statistics()

    @property
    def meta(self) -> dict[str, Any]:
        """The description of the first shard (vocabulary, fields, suite)."""
        return self.static.metas[0]

    @property
    def suites(self) -> list[str]:
        """Names of the suites, in the order of their first shards."""
        return list(dict.fromkeys(meta["suite"] for meta in self.static.metas))

    @property
    def referents(self) -> int:
        """Things whose places the data tell."""
        return self.static.grounding.shape[1] // 2

    def _choose_held_out(self, count: int) -> np.ndarray:
        """The last static scenes; of several suites, as many of each."""
        if len(self.suites) == 1:
            return np.arange(len(self.static) - count, len(self.static))
        lengths = [meta["count"] for meta in self.static.metas]
        suite = np.repeat([self.suites.index(meta["suite"]) for meta in self.static.metas], lengths)
        each = -(-count // len(self.suites))
        chosen = np.concatenate([np.flatnonzero(suite == number)[-each:] for number in range(len(self.suites))])
        return np.sort(chosen)

    @property
    def sources(self) -> dict[str, Any]:
        """What the data are, for the record of provenance."""
        return {
            "static": {"frames": len(self.static), "seeds": [meta["seeds"] for meta in self.static.metas]},
            "trajectories": {"frames": len(self.trajectories), "seeds": [meta["seeds"] for meta in self.trajectories.metas]},
            "visited": {"frames": len(self.visited), "seeds": [meta["seeds"] for meta in self.visited.metas]},
        }

    def _statistics(self) -> Statistics:
        def both(name: str) -> np.ndarray:
            parts = [getattr(part, name) for part in (self.static, self.trajectories, self.visited) if len(part)]
            return np.concatenate(parts).astype(np.float64)

        def spread(values: np.ndarray) -> list[float]:
            return np.maximum(values.std(axis=0), MIN_STD).tolist()

        proprio, grounding, keyframe = both("proprio"), both("grounding"), both("keyframe")
        grounding_mean, grounding_std = grounding.mean(axis=0).tolist(), spread(grounding)
        for column in np.flatnonzero(np.isnan(grounding).any(axis=0)):
            known = grounding[~np.isnan(grounding[:, column]), column]
            grounding_mean[column] = float(known.mean()) if len(known) else 0.0
            grounding_std[column] = max(float(known.std()), MIN_STD) if len(known) else 1.0
        return Statistics(
            proprio_mean=proprio.mean(axis=0).tolist(),
            proprio_std=spread(proprio),
            grounding_mean=grounding_mean,
            grounding_std=grounding_std,
            keyframe_mean=[*keyframe[:, :3].mean(axis=0).tolist(), 0.0],
            keyframe_std=[*spread(keyframe[:, :3]), 1.0],
        )

    def draw(
        self,
        generator: np.random.Generator,
        size: int,
        static_share: float,
        device: torch.device,
        visited_share: float = 0.0,
    ) -> Batch:
        """A random augmented batch.

        :param static_share: share of static scenes in what is not visited frames
        :param visited_share: share of visited frames, where there are any
        """
        visited_count = 0 if self._visited_weights is None else int(round(size * visited_share))
        demonstrated = size - visited_count
        static_count = demonstrated if self._trajectory_weights is None else int(round(demonstrated * static_share))
        if not self._use_static:
            static_count = 0
        places = np.searchsorted(self._static_cumulative, generator.random(static_count) * self._static_cumulative[-1])
        parts = [(self.static, self._static_indices[np.minimum(places, len(self._static_indices) - 1)])]
        episodes = (
            (self.trajectories, self._trajectory_weights, demonstrated - static_count),
            (self.visited, self._visited_weights, visited_count),
        )
        for shards, weights, count in episodes:
            if count > 0:
                parts.append((shards, generator.choice(len(shards), count, p=weights)))
        parts = [(shards, indices) for shards, indices in parts if len(indices)]
        gains = generator.uniform(1 - COLOUR_GAIN, 1 + COLOUR_GAIN, (size, 1, 3, 1, 1)).astype(np.float32)
        noise = generator.standard_normal((size, self.static.proprio.shape[1])) * PROPRIO_NOISE
        return self._collate(parts, device, gains, noise * np.array(self.statistics.proprio_std))

    def held_out_batch(self, first: int, size: int, device: torch.device) -> Batch:
        """Some of the held-out static scenes, not augmented."""
        return self._collate([(self.static, self.held_out[first : first + size])], device)

    def _collate(
        self,
        parts: Sequence[tuple[ShardSet, np.ndarray]],
        device: torch.device,
        gains: np.ndarray | None = None,
        proprio_noise: np.ndarray | None = None,
    ) -> Batch:
        def stacked(name: str) -> np.ndarray:
            return np.concatenate([getattr(shards, name)[indices] for shards, indices in parts])

        def to_device(values: np.ndarray) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(values)).to(device)

        pixels, flags = (np.concatenate(arrays) for arrays in zip(*(s.images_and_masks(i) for s, i in parts), strict=True))
        images = to_device(pixels).movedim(-1, -3).float() / 255
        if gains is not None:
            images = (images * to_device(gains)).clamp_(max=1)
        proprio = stacked("proprio")
        if proprio_noise is not None:
            proprio = proprio + proprio_noise
        channels = np.stack([(flags & bit) > 0 for bit in MASK_BITS[: self.referents + 1]], axis=2)
        optional = {
            name: np.concatenate([shards.optional[name][indices] for shards, indices in parts])
            for name in ("mentions", "task")
            if all(name in shards.optional for shards, _ in parts)
        }
        mentions = optional.get("mentions")
        return Batch(
            images=images * PIXEL_SCALE + PIXEL_OFFSET,
            words=to_device(stacked("tokens").astype(np.int64)),
            proprio=to_device(proprio.astype(np.float32)),
            masks=to_device(channels).float(),
            chunk=to_device(stacked("chunk").astype(np.float32)),
            keyframe=to_device(stacked("keyframe").astype(np.float32)),
            grounding=to_device(stacked("grounding").astype(np.float32)),
            symmetry=to_device(stacked("symmetry").astype(np.int64)),
            mentions=None if mentions is None else to_device(np.where(mentions == NOT_SAID, -1, mentions.astype(np.int64))),
            task=optional.get("task"),
        )
