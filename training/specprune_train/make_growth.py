"""Writes models of random weights that differ in visual tokens, layers or width: what a query costs as each of them grows.

    PYTHONPATH=training python -m specprune_train.make_growth --out work/growth

writes one folder a model and ``growth.json``, which says which models make up an axis. They act like nothing at all; only
their time and memory are of interest (docs/performance.md).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import torch

from .bundle import Description, write_bundle
from .contract import DEFAULT_PROPRIO_FIELDS, DEFAULT_VOCABULARY
from .make_tiny import ATTENTION_GAIN
from .model import Policy, PolicyConfig
from .samples import draw_sample

INDEX = "growth.json"
INDEX_VERSION = 1
PIXELS = 8
"""Side of a patch: the stem halves the resolution three times."""
HEAD_WIDTH = 48
BASE_SIDE, BASE_LAYERS, BASE_WIDTH = 16, 10, 192
"""The shape of the page's policy: 16 x 16 tokens a view."""
SIDES = (4, 6, 8, 11, 16, 23, 32)
"""Tokens along one side of a view: 32 to 2,048 visual tokens in all. Views are square, so 64 itself is not among them."""
LAYERS = (4, 6, 10, 16, 24)
WIDTHS = (96, 144, 192, 288, 384)


@dataclass(frozen=True)
class Size:
    """What one model of an axis is made of."""

    side: int = BASE_SIDE
    layers: int = BASE_LAYERS
    width: int = BASE_WIDTH

    @property
    def name(self) -> str:
        """Folder and id of the model."""
        return f"t{2 * self.side**2}-l{self.layers}-d{self.width}"


def build_policy(size: Size, seed: int) -> Policy:
    """A random policy whose attention is far from uniform, as in the tiny model."""
    torch.manual_seed(seed)
    config = PolicyConfig(
        vocabulary_size=len(DEFAULT_VOCABULARY),
        proprio_size=len(DEFAULT_PROPRIO_FIELDS),
        layers=size.layers,
        width=size.width,
        heads=size.width // HEAD_WIDTH,
        feed_forward=4 * size.width,
        rows=size.side,
        columns=size.side,
        image_size=PIXELS * size.side,
        aux_layer=min(3, size.layers),
    )
    policy = Policy(config)
    with torch.no_grad():
        for block in policy.blocks:
            block.qkv.weight[: 2 * config.width].mul_(ATTENTION_GAIN)
    return policy.eval()


def axes(sides: list[int], layers: list[int], widths: list[int]) -> dict[str, list[tuple[int, Size]]]:
    """The models along each axis, by what grows; all axes share the base."""
    return {
        "visualTokens": [(2 * side**2, Size(side=side)) for side in sides],
        "layers": [(count, Size(layers=count)) for count in layers],
        "width": [(width, Size(width=width)) for width in widths],
    }


def write_model(size: Size, folder: Path, seed: int) -> None:
    """One model folder as the page and the command line load it; its golden vectors are checked where it is measured."""
    policy = build_policy(size, seed)
    description = Description(
        id=size.name,
        title=f"Random weights: {policy.config.visual_tokens} visual tokens, {size.layers} layers, width {size.width}",
        suites=[],
        vocabulary=DEFAULT_VOCABULARY,
        proprio_fields=DEFAULT_PROPRIO_FIELDS,
        training={"kind": "random", "seed": seed},
    )
    sample = draw_sample(policy, DEFAULT_VOCABULARY, "put the red cube in the tray", seed)
    write_bundle(policy, description, [sample], folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("work/growth"))
    parser.add_argument("--sides", type=int, nargs="*", default=SIDES, help="tokens along one side of a view")
    parser.add_argument("--layers", type=int, nargs="*", default=LAYERS)
    parser.add_argument("--widths", type=int, nargs="*", default=WIDTHS, help=f"multiples of {HEAD_WIDTH}")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    if wrong := [width for width in arguments.widths if width % HEAD_WIDTH]:
        parser.error(f"--widths: {wrong[0]} is not a multiple of {HEAD_WIDTH}")
    # Threads that wait for each other take minutes instead of seconds on a busy machine.
    torch.set_num_threads(1)
    planned = axes(arguments.sides, arguments.layers, arguments.widths)
    for size in sorted({size for models in planned.values() for _, size in models}, key=lambda size: size.name):
        folder = arguments.out / size.name
        folder.mkdir(parents=True, exist_ok=True)
        write_model(size, folder, arguments.seed)
        print(folder)
    index = {
        "version": INDEX_VERSION,
        "axes": {axis: [{"value": value, "folder": size.name} for value, size in models] for axis, models in planned.items()},
    }
    (arguments.out / INDEX).write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
    main()
