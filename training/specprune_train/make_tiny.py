"""Writes the tiny model: random seeded weights behind the real token layout, for tests of everything around a model."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from .bundle import TOLERANCES, Description, write_bundle
from .contract import DEFAULT_PROPRIO_FIELDS, DEFAULT_VOCABULARY
from .model import Policy, PolicyConfig
from .parity import check_parity
from .samples import draw_sample

ATTENTION_GAIN = 3.0
"""Queries and keys are this much larger than at initialisation, so that scores differ clearly between tokens."""
PROPRIO_MEAN = (0.0, 0.0, 0.2, 0.0, 0.9, 0.03, 0.0, 0.0, 0.0, 0.0, 0.0)
PROPRIO_STD = (0.1, 0.15, 0.1, 0.4, 0.15, 0.02, 1.0, 0.01, 0.01, 0.01, 0.05)


def build_tiny_policy(seed: int) -> Policy:
    """A random policy whose attention is far from uniform."""
    torch.manual_seed(seed)
    config = PolicyConfig(
        vocabulary_size=len(DEFAULT_VOCABULARY),
        proprio_size=len(DEFAULT_PROPRIO_FIELDS),
        layers=4,
        width=32,
        heads=2,
        feed_forward=64,
        stem_channels=(8, 16),
        aux_layer=2,
    )
    policy = Policy(config)
    policy.set_proprio_statistics(PROPRIO_MEAN, PROPRIO_STD)
    with torch.no_grad():
        for block in policy.blocks:
            block.qkv.weight[: 2 * config.width].mul_(ATTENTION_GAIN)
            block.attention_out.weight.mul_(ATTENTION_GAIN)
    return policy.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("public/models/tiny"))
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    # Threads that wait for each other take minutes instead of seconds on a busy machine.
    torch.set_num_threads(1)
    policy = build_tiny_policy(arguments.seed)
    description = Description(
        id="tiny",
        title="Tiny test model (random weights, no skill)",
        suites=[],
        vocabulary=DEFAULT_VOCABULARY,
        proprio_fields=DEFAULT_PROPRIO_FIELDS,
        training={"kind": "random", "seed": arguments.seed},
    )
    samples = [draw_sample(policy, DEFAULT_VOCABULARY, "put the red cube in the tray", arguments.seed)]
    rounded = write_bundle(policy, description, samples, arguments.out)
    others = [draw_sample(policy, DEFAULT_VOCABULARY, "put the blue cylinder in the tray", seed) for seed in range(3)]
    report = check_parity(rounded, arguments.out, samples + others)
    report.assert_within(TOLERANCES["fp16"])
    print(report)


if __name__ == "__main__":
    main()
