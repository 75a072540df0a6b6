"""What a training run depends on, and the command line that says it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import torch

from .losses import ATTRIBUTE_LOSSES, GROUNDING_LOSSES, MASK_LOSSES, RELATION_LOSSES
from .orientation import ORIENTATION_LOSSES
from .precision import PRECISIONS


@dataclass(frozen=True)
class Settings:
    """Everything that a run depends on."""

    data: str
    out: str
    minutes: float
    steps: int | None
    """Length in steps instead of minutes; makes a run reproducible to the bit."""
    stop_after_steps: int | None
    seed: int
    warm_start: str | None
    """Checkpoint of another run, or an exported model folder, whose weights this one begins with."""
    workers: int
    device: str
    layers: int
    width: int
    stem_blocks: int
    aux_layer: int
    learning_rate: float
    weight_decay: float
    coarse_share: float
    coarse_batch: int
    full_batch: int
    micro_batch: int
    attribute_batch: int
    """Extra images a step that train the stem to name what it sees."""
    visited_share: float
    """Share of a batch of frames that a policy came to by itself, where the data have any."""
    held_out: int
    log_every_s: float
    checkpoint_every_s: float
    suite_weights: str = ""
    """``spatial=3,goal/cube-on-brick=2``: how much more often frames of a suite or of a task are drawn."""
    train_layers: str = ""
    """``3-6``: the only layers of the policy that learn; what else is exported stays to the bit. Empty: all of it learns."""
    embedding_from: str = ""
    """Model folder whose embedding of images, words and proprioception is taken over and stays. Empty: it learns, too."""
    ema_decay: float = 0.998
    """Of the averaged weights, per step: 0.998 averages about 500 steps, too many for a short continuation."""
    precision: str = "bfloat16"
    """Of the products: see :func:`choose_precision`. Runs that do not say it were in bfloat16."""
    no_mask_loss: bool = False
    no_grounding_loss: bool = False
    no_attribute_loss: bool = False
    no_orientation_loss: bool = False
    no_relation_loss: bool = False
    no_static: bool = False
    no_switches: bool = False
    evaluate_every_steps: int | None = None
    evaluate_suites: str = "all"
    evaluate_seeds: str = "100000..100019"
    evaluate_execute: int = 8
    evaluate_wording: str = "trained"

    @property
    def weights_by_suite(self) -> dict[str, float]:
        """:attr:`suite_weights`, read.

        :raises ValueError: if it is written in another way or a weight is not positive
        """
        weights = {}
        for part in filter(None, self.suite_weights.split(",")):
            suite, _, number = part.partition("=")
            try:
                weights[suite] = float(number)
            except ValueError:
                raise ValueError(f'--suite-weights: "{part}" is not like spatial=3') from None
            if not weights[suite] > 0:
                raise ValueError(f"--suite-weights: the weight of {suite} must be positive")
        return weights

    @property
    def trained_layers(self) -> range | None:
        """:attr:`train_layers`, read; layers count from 1. None: the whole policy.

        :raises ValueError: if it is written in another way or names layers that there are not
        """
        return read_layers(self.train_layers, self.layers) if self.train_layers else None

    @property
    def left_out_losses(self) -> frozenset[str]:
        """Losses that an ablation leaves out."""
        groups = (
            (self.no_mask_loss, MASK_LOSSES),
            (self.no_grounding_loss, GROUNDING_LOSSES),
            (self.no_attribute_loss, ATTRIBUTE_LOSSES),
            (self.no_orientation_loss, ORIENTATION_LOSSES),
            (self.no_relation_loss, RELATION_LOSSES),
        )
        return frozenset(name for left_out, names in groups if left_out for name in names)


def read_layers(text: str, layers: int) -> range:
    """``3-6`` or ``4`` as layers, which count from 1.

    :raises ValueError: if it is written in another way or names layers that there are not
    """
    first, _, last = text.partition("-")
    if not (first.isdigit() and (last or first).isdigit()):
        raise ValueError(f'--train-layers: "{text}" is not like 3-6')
    named = range(int(first), int(last or first) + 1)
    if not named or named[0] < 1 or named[-1] > layers:
        raise ValueError(f"--train-layers: there are layers 1 to {layers}, and {text} is not among them")
    return named


def parse_arguments(arguments: list[str] | None = None) -> Settings:
    """Settings from the command line; the defaults are those of the published models."""
    cuda = torch.cuda.is_available()
    parser = argparse.ArgumentParser(description="Trains a policy, or continues a run.", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--data", required=True, help="folder with static/ and trajectories/")
    parser.add_argument("--out", required=True, help="folder of the checkpoint and the log")
    parser.add_argument("--minutes", type=float, default=70.0, help="budget; the schedule spans it")
    parser.add_argument("--steps", type=int, help="budget in steps instead of minutes")
    parser.add_argument("--stop-after-steps", type=int, help="stop early; the schedule stays")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--warm-start", help="checkpoint or model folder to take the first weights from")
    parser.add_argument("--workers", type=int, default=1 if cuda else 2, help="processes")
    parser.add_argument("--device", default="cuda" if cuda else "cpu")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help="of products; auto: on a processor, the faster")
    parser.add_argument("--layers", type=int, default=10)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--stem-blocks", type=int, default=1, help="residual blocks in the convolutional stem")
    parser.add_argument("--aux-layer", type=int, default=3, help="layer that the grounding losses read")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--weight-decay", type=float, default=0.02)
    parser.add_argument("--coarse-share", type=float, default=0.67, help="share of the budget with pooled visual tokens")
    parser.add_argument("--coarse-batch", type=int, default=256 if cuda else 32)
    parser.add_argument("--full-batch", type=int, default=256 if cuda else 16)
    parser.add_argument("--micro-batch", type=int, default=256 if cuda else 8, help="per process, at full resolution")
    parser.add_argument("--attribute-batch", type=int, default=96, help="extra images a step for the stem alone")
    parser.add_argument("--visited-share", type=float, default=0.25, help="share of visited frames, where there are any")
    parser.add_argument("--suite-weights", default="", help="spatial=3,goal/cube-on-brick=2: draw frames of a suite or a task more often")
    parser.add_argument("--train-layers", default="", help="3-6: only these layers learn, the others stay to the bit (with --warm-start)")
    parser.add_argument("--embedding-from", default="", help="model folder whose embedding of images and words is taken over and stays")
    parser.add_argument("--ema-decay", type=float, default=Settings.ema_decay, help="of the averaged weights, per step: they are what is exported")
    parser.add_argument("--held-out", type=int, default=64, help="static scenes kept for validation")
    parser.add_argument("--log-every-s", type=float, default=20.0)
    parser.add_argument("--checkpoint-every-s", type=float, default=180.0)
    _add_ablations(parser)
    _add_evaluation(parser)
    parsed = parser.parse_args(arguments)
    if not 0 <= parsed.ema_decay < 1:
        parser.error(f"--ema-decay: {parsed.ema_decay} is not from 0 to below 1")
    if parsed.train_layers and not parsed.warm_start:
        parser.error("--train-layers: the layers that do not learn need weights to begin with; name them with --warm-start")
    if parsed.embedding_from and parsed.warm_start:
        parser.error("--embedding-from: --warm-start takes over the embedding already")
    return Settings(**vars(parsed))


def _add_ablations(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("ablations", "one ingredient less")
    group.add_argument("--no-mask-loss", action="store_true", help="tokens need not know what they show")
    group.add_argument("--no-grounding-loss", action="store_true", help="text tokens need not know where things are")
    group.add_argument("--no-attribute-loss", action="store_true", help="the stem need not name what it sees")
    group.add_argument("--no-orientation-loss", action="store_true", help="nothing tells how the target is turned")
    group.add_argument("--no-relation-loss", action="store_true", help="tokens need not know how far the landmark is")
    group.add_argument("--no-static", action="store_true", help="trajectories only")
    group.add_argument("--no-switches", action="store_true", help="no episodes whose instruction changes")


def _add_evaluation(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("closed loop", "success by the Node evaluator; the best weights go to best.pt")
    group.add_argument("--evaluate-every-steps", type=int, help="none by default")
    group.add_argument("--evaluate-suites", default="all", help="one suite, several with commas, or all")
    group.add_argument("--evaluate-seeds", default="100000..100019", help="validation seeds A..B")
    group.add_argument("--evaluate-execute", type=int, default=8, help="actions of a chunk that are executed")
    group.add_argument("--evaluate-wording", default="trained", help="plain, trained, held-out or mixed")
