"""Observations for golden vectors and parity checks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .bundle import Sample
from .data import STATIC, ShardSet
from .model import Policy


def draw_sample(policy: Policy, vocabulary: Sequence[str], instruction: str, seed: int) -> Sample:
    """Coloured blocks on a plain ground, seeded; nothing that a simulator would have to draw."""
    generator = np.random.default_rng(seed)
    config = policy.config
    size = config.image_size
    images = np.empty((config.views, size, size, 3), dtype=np.uint8)
    for image in images:
        image[:] = generator.integers(90, 200, size=3)
        for _ in range(6):
            top, left = generator.integers(0, size - 24, size=2)
            height, width = generator.integers(10, 40, size=2)
            image[top : top + height, left : left + width] = generator.integers(0, 256, size=3)
    ids = [vocabulary.index(word) for word in instruction.split()]
    words = np.array((ids + [0] * config.words)[: config.words], dtype=np.int32)
    mean, std = policy.proprio_mean.numpy(), policy.proprio_std.numpy()
    proprio = mean + std * generator.standard_normal(config.proprio_size)
    return Sample(f"blocks-{seed}", images, words, proprio.astype(np.float32))


def held_out_samples(folder: Path, count: int) -> list[Sample]:
    """The last static scenes of a data folder, which training holds out."""
    shards = ShardSet(folder / STATIC)
    indices = np.arange(len(shards) - count, len(shards))
    images, _ = shards.images_and_masks(indices)
    return [
        Sample(f"static-{index}", image, shards.tokens[index], shards.proprio[index])
        for index, image in zip(indices, images, strict=True)
    ]
