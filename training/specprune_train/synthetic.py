"""Small random data in the simulator's format, for smoke tests: a coloured square stands for the target."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from .contract import DEFAULT_PROPRIO_FIELDS, DEFAULT_VOCABULARY
from .data import STATIC, TRAJECTORIES, VISITED

VIEWS, SIZE, GRID, WORDS, QUERIES = 2, 128, 16, 7, 8
SEVERAL_WORDS = 12
"""Words of an instruction in data of several suites."""
TASKS = ("object/first", "spatial/second")
PATCH = SIZE // GRID
COLOURS = {"red": (210, 40, 40), "green": (40, 160, 60), "blue": (40, 80, 220), "yellow": (240, 220, 40)}


def _draw_square(image: np.ndarray, masks: np.ndarray, generator: np.random.Generator, colour: str, bit: int) -> np.ndarray:
    """Paint a two-patch square and flag its patches; returns its centre in [0, 1]."""
    row, column = generator.integers(0, GRID - 2, size=2)
    image[row * PATCH : (row + 2) * PATCH, column * PATCH : (column + 2) * PATCH] = COLOURS[colour]
    masks[row : row + 2, column : column + 2] |= bit
    return np.array([column + 1, row + 1]) / GRID


def write_shard(folder: Path, kind: str, count: int, seed: int, suite: int | None = None) -> None:
    """Write one shard of ``count`` frames.

    :param suite: number of the suite in data of several; None writes the form of suite object alone
    """
    generator = np.random.default_rng(seed)
    images = np.full((count, VIEWS, SIZE, SIZE, 3), 120, dtype=np.uint8)
    masks = np.zeros((count, VIEWS, GRID, GRID), dtype=np.uint8)
    tokens = np.zeros((count, WORDS), dtype=np.int32)
    grounding = np.zeros((count, 4), dtype=np.float32)
    for index in range(count):
        target, other = generator.permutation(list(COLOURS))[:2]
        instruction = ["put", "the", target, "cube", "in", "the", "tray"]
        tokens[index] = [DEFAULT_VOCABULARY.index(word) for word in instruction]
        for view in range(VIEWS):
            _draw_square(images[index, view], masks[index, view], generator, other, 8)
            centre = _draw_square(images[index, view], masks[index, view], generator, target, 1)
            if view == 0:
                grounding[index, :2] = centre * 0.4
    proprio = generator.standard_normal((count, len(DEFAULT_PROPRIO_FIELDS))).astype(np.float32)
    chunk = np.zeros((count, QUERIES, 7), dtype=np.float32)
    chunk[:, :, :2] = np.clip((grounding[:, None, :2] - 0.2) * 4, -1, 1)
    chunk[:, :, 6] = np.where(generator.random((count, 1)) < 0.2, np.linspace(1, -1, QUERIES), 1)
    arrays = {
        "images": images,
        "masks": masks,
        "tokens": tokens,
        "proprio": proprio,
        "chunk": chunk,
        "keyframe": np.concatenate([grounding[:, :3], np.ones((count, 1), np.float32)], axis=1),
        "grounding": grounding,
        "phase": np.zeros(count, dtype=np.uint8),
    }
    if suite is not None:
        arrays.update(_several(arrays, masks, count, suite))
    meta: dict[str, Any] = {
        "schema": 1, "suite": "object", "count": count, "seeds": [seed, seed], "kind": kind,
        "proprioFields": list(DEFAULT_PROPRIO_FIELDS), "vocabulary": list(DEFAULT_VOCABULARY), "phases": ["synthetic"],
    }  # fmt: skip
    if suite is not None:
        meta.update(suite=TASKS[suite].split("/")[0], wordSlots=SEVERAL_WORDS, tasks=list(TASKS))
        meta["vocabulary"] = [*DEFAULT_VOCABULARY, "left", "of"]
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
    (folder / "meta.json").write_text(json.dumps(meta))


def _several(arrays: dict[str, np.ndarray], masks: np.ndarray, count: int, suite: int) -> dict[str, np.ndarray]:
    """The arrays that data of several suites have besides, or longer; the second suite has landmarks."""
    landmark = np.full((count, 2), np.nan if suite == 0 else 0.1, dtype=np.float32)
    mentions = np.full((count, 3, 2), 255, dtype=np.uint8)
    mentions[:, 0] = (2, 3)
    mentions[:, 1, 1] = 6
    if suite == 1:
        mentions[:, 2] = (2, 3)
        masks[:, :, 0, 0] |= 16
    return {
        "masks": masks,
        "tokens": np.pad(arrays["tokens"], ((0, 0), (0, SEVERAL_WORDS - WORDS))),
        "grounding": np.concatenate([arrays["grounding"], landmark], axis=1),
        "mentions": mentions,
        "task": np.full(count, suite, dtype=np.uint8),
        "goal": np.zeros(count, dtype=np.uint8),
        "flags": (np.arange(count) % 2).astype(np.uint8),
    }


def write_synthetic_data(
    folder: Path, static: int = 512, trajectories: int = 128, visited: int = 0, shards: int = 2, several: bool = False
) -> None:
    """Write a small data folder."""
    for kind, count in ((STATIC, static), (TRAJECTORIES, trajectories), (VISITED, visited)):
        if count == 0:
            continue
        for shard in range(shards):
            suite = shard % len(TASKS) if several else None
            write_shard(folder / kind / f"shard-{shard:05d}", kind, count // shards, 1000 * shard + count, suite)
