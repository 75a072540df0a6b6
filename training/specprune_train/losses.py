"""The training losses and the two numbers that tell early whether grounding works."""

from __future__ import annotations

from collections.abc import Callable, Collection

import torch
from torch import Tensor
from torch.nn import functional as F

from .data import Batch, Statistics
from .model import ATTRIBUTE_WORDS, CELL_GRID, REFERENTS, TrainingOutput
from .orientation import YAW, orientation_losses

MASK_POSITIVE_WEIGHTS = (8.0, 4.0, 4.0, 4.0)
REFERENT_CHANNELS = (0, 1, 3)
"""Mask channels of target, destination and landmark; 2 is the fingers'."""
LOSS_WEIGHTS = {
    "action": 1.0, "displacement": 0.5, "mask": 1.0, "grounding": 1.5, "cell": 0.2, "keyframe": 0.5, "attribute": 0.5, "pointer": 0.5,
    "orientation": 0.7, "text_orientation": 1.0, "action_orientation": 0.5, "turn": 1.0, "relation": 0.5,
}  # fmt: skip
ACTION_WEIGHTS = (2.0, 2.0, 2.0, 1.0, 1.0, 4.0, 1.5)
"""Of the numbers of an action in the action loss: turns are rare and places must be exact, so they count more."""
GRIPPER = 6
MASK_LOSSES = ("mask",)
GROUNDING_LOSSES = ("grounding", "cell", "pointer")
ATTRIBUTE_LOSSES = ("attribute",)
RELATION_LOSSES = ("relation",)
RELATION_SCALE_M = 0.1
"""Unit of the way from the target to the landmark."""
LANDMARK = 2
"""Place of the landmark among the referents."""


def _mask_targets(masks: Tensor, coarse: bool) -> Tensor:
    """``[B, views, channels, rows, columns]`` to ``[B, visual tokens, channels]``."""
    return _per_token(masks, F.max_pool2d) if coarse else _per_token(masks)


def _per_token(masks: Tensor, pool: Callable[[Tensor, int], Tensor] | None = None) -> Tensor:
    if pool:
        masks = pool(masks.flatten(0, 1), 2).unflatten(0, masks.shape[:2])
    return masks.flatten(3).transpose(2, 3).flatten(1, 2)


def _cell_loss(logits: Tensor, masks: Tensor) -> Tensor:
    """Cross-entropy of the cells that show each referent, over the views that show it at all."""
    pooled = F.adaptive_avg_pool2d(masks[:, :, _referent_channels(logits.shape[1])].flatten(0, 1), CELL_GRID)
    cells = pooled.unflatten(0, masks.shape[:2]).transpose(1, 2).flatten(3)
    amount = cells.sum(dim=-1, keepdim=True)
    visible = (amount > 0).float()
    entropy = -(cells / amount.clamp(min=1e-6) * logits.log_softmax(dim=-1)).sum(dim=-1, keepdim=True)
    return (entropy * visible).sum() / visible.sum().clamp(min=1)


def _referent_channels(referents: int) -> list[int]:
    return list(REFERENT_CHANNELS[:referents])


def attribute_loss(logits: Tensor, words: Tensor, masks: Tensor, mentions: Tensor | None, coarse: bool) -> Tensor:
    """Cross-entropy of the words for colour and noun of things, over the tokens that show them.

    :param mentions: ``[B, referents, 2]`` places of those words in the instruction, -1 where there is none; without it
        only the target is named, at :data:`ATTRIBUTE_WORDS`
    """
    shown = _per_token(masks, F.avg_pool2d if coarse else None)
    if mentions is not None:
        return _mentioned_attribute_loss(logits, words, shown[..., _referent_channels(mentions.shape[1])], mentions)
    targets = shown[..., 0]
    names = words[:, list(ATTRIBUTE_WORDS)]
    chosen = names[:, :, None, None].expand(-1, -1, logits.shape[2], 1)
    entropy = -logits.log_softmax(dim=-1).gather(3, chosen)[..., 0].sum(dim=1)
    return (entropy * targets).sum() / targets.sum().clamp(min=1)


def _mentioned_attribute_loss(logits: Tensor, words: Tensor, shown: Tensor, mentions: Tensor) -> Tensor:
    names = words.gather(1, mentions.clamp(min=0).flatten(1)).view(mentions.shape)
    log_probabilities = logits.log_softmax(dim=-1)
    total, amount = logits.new_zeros(()), logits.new_zeros(())
    for referent in range(mentions.shape[1]):
        chosen = names[:, referent, :, None, None].expand(-1, -1, logits.shape[2], 1)
        entropy = -log_probabilities.gather(3, chosen)[..., 0]
        weights = shown[:, None, :, referent] * (mentions[:, referent] >= 0)[:, :, None]
        total = total + (entropy * weights).sum()
        amount = amount + weights.sum()
    return mentions.shape[2] * total / amount.clamp(min=1)


def _grounding_loss(grounding: Tensor, target: Tensor) -> Tensor:
    """L1 over the places that there are; a landmark that is not there has none (NaN)."""
    if target.shape[1] == 2 * REFERENTS:
        return (grounding - target).abs().mean()
    known = ~target.isnan()
    return ((grounding - target.nan_to_num()).abs() * known).sum() / known.sum().clamp(min=1)


def relation_loss(relation: Tensor, shown: Tensor, places: Tensor) -> Tensor:
    """L1 of the way to the landmark and of its length, over the tokens that show the target; nothing without a landmark.

    A token of the target's look-alike must know its own way as well, since the layer that says it cannot yet tell the
    two apart: what "nearest" and "farthest" compare.

    :param shown: ``[B, visual tokens]``, how much of the target each shows
    :param places: ``[B, 2 * referents]`` in metres, NaN where there is no landmark
    """
    way = (places[:, 2 * LANDMARK : 2 * LANDMARK + 2] - places[:, :2]) / RELATION_SCALE_M
    known = ~way.isnan().any(dim=1, keepdim=True)
    target = torch.cat([way, way.norm(dim=1, keepdim=True)], dim=1).nan_to_num()
    weights = (shown > 0).float() * known
    error = (relation - target[:, None, :]).abs().mean(dim=2)
    return (error * weights).sum() / weights.sum().clamp(min=1)


def _displacement_loss(error: Tensor) -> Tensor:
    """L1 of where the hand has come to after each step of the chunk, in units of an action's translation.

    A small error of the same sign in every step is little to the actions and a missed grasp to the hand.
    """
    return error[:, :, :3].cumsum(dim=1).abs().mean()


def _pointer_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of pointing at any token that shows a referent; ``targets`` is ``[B, referents, tokens]``."""
    amount = targets.sum(dim=-1)
    visible = (amount > 0).float()
    hidden = logits.masked_fill(targets == 0, -1e4)
    entropy = logits.logsumexp(dim=-1) - hidden.logsumexp(dim=-1)
    return (entropy * visible).sum() / visible.sum().clamp(min=1)


def _normalised(values: Tensor, mean: list[float], std: list[float]) -> Tensor:
    return (values - values.new_tensor(mean)) / values.new_tensor(std)


def compute_losses(
    output: TrainingOutput,
    batch: Batch,
    statistics: Statistics,
    coarse: bool,
    without: Collection[str] = (),
) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted sum and, detached, every loss and diagnostic by name.

    :param without: losses that do not count (an ablation); they are still reported
    """
    mask_targets = _mask_targets(batch.masks, coarse)
    channels = mask_targets.shape[-1]
    weights = mask_targets.new_tensor(MASK_POSITIVE_WEIGHTS[:channels])
    mask_logits, grounding = output.mask_logits.float(), output.grounding.float()
    grounding_target = _normalised(batch.grounding, statistics.grounding_mean, statistics.grounding_std)
    keyframe_target = _normalised(batch.keyframe, statistics.keyframe_mean, statistics.keyframe_std)
    action_error = (output.chunk.float() - batch.chunk).abs()
    shown = _per_token(batch.masks, F.avg_pool2d if coarse else None)[..., 0]
    losses = {
        "action": (action_error * action_error.new_tensor(ACTION_WEIGHTS)).mean(),
        "displacement": _displacement_loss(output.chunk.float() - batch.chunk),
        "mask": channels * F.binary_cross_entropy_with_logits(mask_logits, mask_targets, pos_weight=weights),
        "grounding": _grounding_loss(grounding, grounding_target),
        "cell": _cell_loss(output.cell_logits.float(), batch.masks),
        "keyframe": (output.keyframe.float() - keyframe_target).abs().mean(),
        "attribute": attribute_loss(
            output.attribute_logits.float(), batch.words, batch.masks, batch.mentions, coarse
        ),
        "pointer": _pointer_loss(
            output.pointer_logits.float(), mask_targets[..., _referent_channels(channels - 1)].transpose(1, 2)
        ),
        **orientation_losses(
            output.visual_orientation.float(),
            output.text_orientation.float(),
            output.action_orientation.float(),
            shown,
            batch.chunk,
            batch.proprio,
            batch.symmetry,
        ),
    }
    if output.relation is not None:
        losses["relation"] = relation_loss(output.relation.float(), shown, batch.grounding)
    total = torch.stack([LOSS_WEIGHTS[name] * loss for name, loss in losses.items() if name not in without]).sum()
    with torch.no_grad():
        diagnostics = {name: loss.detach() for name, loss in losses.items()}
        diagnostics["action_error"] = action_error.mean()
        diagnostics["yaw"] = action_error[:, :, YAW].mean()
        diagnostics["gripper"] = action_error[:, :, GRIPPER].mean()
        diagnostics["mask_hit"] = _mask_hit(mask_logits[..., 0], mask_targets[..., 0])
        diagnostics["target_cm"] = 100 * _target_offsets(grounding, grounding_target, statistics).mean()
    return total, diagnostics


@torch.no_grad()
def sample_diagnostics(
    output: TrainingOutput, batch: Batch, statistics: Statistics, coarse: bool
) -> dict[str, Tensor]:
    """Per sample ``[B]``: action error, whether the target is found (NaN if it is not seen), and how far off it is placed."""
    targets = _mask_targets(batch.masks, coarse)[..., 0]
    found = targets.gather(1, output.mask_logits.float()[..., 0].argmax(dim=1, keepdim=True))[:, 0]
    grounding_target = _normalised(batch.grounding, statistics.grounding_mean, statistics.grounding_std)
    return {
        "action": (output.chunk.float() - batch.chunk).abs().mean(dim=(1, 2)),
        "mask_hit": torch.where(targets.amax(dim=1) > 0, found, torch.nan),
        "target_cm": 100 * _target_offsets(output.grounding.float(), grounding_target, statistics),
    }


def _target_offsets(grounding: Tensor, target: Tensor, statistics: Statistics) -> Tensor:
    """Distance of the localised from the real target, m."""
    offsets = (grounding - target)[:, :2] * grounding.new_tensor(statistics.grounding_std[:2])
    return offsets.norm(dim=1)


def _mask_hit(logits: Tensor, targets: Tensor) -> Tensor:
    """Share of the samples that show the target whose most target-like token really shows it."""
    visible = targets.amax(dim=1)
    hits = targets.gather(1, logits.argmax(dim=1, keepdim=True))[:, 0]
    return hits.sum() / visible.sum().clamp(min=1)
