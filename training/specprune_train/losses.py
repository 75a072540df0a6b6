"""The training losses and the two numbers that tell early whether grounding works."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from .data import Batch, Statistics
from .model import ATTRIBUTE_WORDS, CELL_GRID, MASK_CHANNELS, REFERENTS, TrainingOutput

MASK_POSITIVE_WEIGHTS = (8.0, 4.0, 4.0)
LOSS_WEIGHTS = {"action": 1.0, "mask": 1.0, "grounding": 1.0, "cell": 0.2, "keyframe": 0.5, "attribute": 0.5, "pointer": 0.5}
GRIPPER = 6


def _mask_targets(masks: Tensor, coarse: bool) -> Tensor:
    """``[B, views, 3, rows, columns]`` to ``[B, visual tokens, 3]``."""
    return _per_token(masks, F.max_pool2d) if coarse else _per_token(masks)


def _per_token(masks: Tensor, pool: Callable[[Tensor, int], Tensor] | None = None) -> Tensor:
    if pool:
        masks = pool(masks.flatten(0, 1), 2).unflatten(0, masks.shape[:2])
    return masks.flatten(3).transpose(2, 3).flatten(1, 2)


def _cell_loss(logits: Tensor, masks: Tensor) -> Tensor:
    """Cross-entropy of the cells that show each referent, over the views that show it at all."""
    pooled = F.adaptive_avg_pool2d(masks[:, :, :REFERENTS].flatten(0, 1), CELL_GRID)
    cells = pooled.unflatten(0, masks.shape[:2]).transpose(1, 2).flatten(3)
    amount = cells.sum(dim=-1, keepdim=True)
    visible = (amount > 0).float()
    entropy = -(cells / amount.clamp(min=1e-6) * logits.log_softmax(dim=-1)).sum(dim=-1, keepdim=True)
    return (entropy * visible).sum() / visible.sum().clamp(min=1)


def attribute_loss(logits: Tensor, words: Tensor, masks: Tensor, coarse: bool) -> Tensor:
    """Cross-entropy of the target's colour and shape words, over the tokens that show the target."""
    targets = _per_token(masks, F.avg_pool2d if coarse else None)[..., 0]
    names = words[:, list(ATTRIBUTE_WORDS)]
    chosen = names[:, :, None, None].expand(-1, -1, logits.shape[2], 1)
    entropy = -logits.log_softmax(dim=-1).gather(3, chosen)[..., 0].sum(dim=1)
    return (entropy * targets).sum() / targets.sum().clamp(min=1)


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
    output: TrainingOutput, batch: Batch, statistics: Statistics, coarse: bool
) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted sum and, detached, every loss and diagnostic by name."""
    mask_targets = _mask_targets(batch.masks, coarse)
    weights = mask_targets.new_tensor(MASK_POSITIVE_WEIGHTS)
    mask_logits, grounding = output.mask_logits.float(), output.grounding.float()
    grounding_target = _normalised(batch.grounding, statistics.grounding_mean, statistics.grounding_std)
    keyframe_target = _normalised(batch.keyframe, statistics.keyframe_mean, statistics.keyframe_std)
    action_error = (output.chunk.float() - batch.chunk).abs()
    losses = {
        "action": action_error.mean(),
        "mask": MASK_CHANNELS * F.binary_cross_entropy_with_logits(mask_logits, mask_targets, pos_weight=weights),
        "grounding": (grounding - grounding_target).abs().mean(),
        "cell": _cell_loss(output.cell_logits.float(), batch.masks),
        "keyframe": (output.keyframe.float() - keyframe_target).abs().mean(),
        "attribute": attribute_loss(output.attribute_logits.float(), batch.words, batch.masks, coarse),
        "pointer": _pointer_loss(output.pointer_logits.float(), mask_targets[..., :REFERENTS].transpose(1, 2)),
    }
    total = torch.stack([LOSS_WEIGHTS[name] * loss for name, loss in losses.items()]).sum()
    with torch.no_grad():
        diagnostics = {name: loss.detach() for name, loss in losses.items()}
        diagnostics["gripper"] = action_error[:, :, GRIPPER].mean()
        diagnostics["mask_hit"] = _mask_hit(mask_logits[..., 0], mask_targets[..., 0])
        offsets = (grounding - grounding_target)[:, :2] * grounding.new_tensor(statistics.grounding_std[:2])
        diagnostics["target_cm"] = 100 * offsets.norm(dim=1).mean()
    return total, diagnostics


def _mask_hit(logits: Tensor, targets: Tensor) -> Tensor:
    """Share of the samples that show the target whose most target-like token really shows it."""
    visible = targets.amax(dim=1)
    hits = targets.gather(1, logits.argmax(dim=1, keepdim=True))[:, 0]
    return hits.sum() / visible.sum().clamp(min=1)
