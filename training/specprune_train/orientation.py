"""How the target is turned: without these losses a policy never learns to turn its wrist.

Most frames need no turn at all (round objects, objects in the hand), and the median of an uncertain turn is zero, so an
L1 loss on the actions alone settles on not turning. Here the tokens that show the target, the text and the action
queries each have to tell its direction, and the action queries the remaining turn, with a squared error.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SYMMETRIES: Mapping[str, int] = {"brick": 2, "cube": 4}
"""Rotations of a full turn after which a shape looks the same; a shape that is not named has no visible direction."""
SEEKING_PHASES = ("raise", "approach", "descend", "close", "reopen")
"""Phases in which the waypoint's yaw is that of a grasp of the target."""
ORIENTATION_LOSSES = ("orientation", "text_orientation", "action_orientation", "turn")
YAW = 5
"""Place of the turn in an action, and of the commanded minus the measured yaw in proprioception below."""
YAW_SINE, YAW_COSINE, YAW_ERROR = 3, 4, 10
ROTATION_RAD = 0.15
"""Radians of an action of 1."""
SETTLED = 0.25
"""A chunk that ends in a smaller turn than this has reached its yaw."""
TURN_SCALE_RAD = 0.5


class OrientationHeads(nn.Module):
    """Reads the direction of the target: two numbers for its doubled, two for its quadrupled angle."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.visual = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 4))
        self.text = nn.Linear(width, 4)
        self.action = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 5))


def orientation_losses(
    visual: Tensor, text: Tensor, action: Tensor, shown: Tensor, chunk: Tensor, proprio: Tensor, symmetry: Tensor
) -> dict[str, Tensor]:
    """L1 of the direction as told by the tokens of the target, the text and the actions, and squared error of the turn.

    :param visual: ``[B, visual tokens, 4]`` sine and cosine of the doubled and of the quadrupled angle
    :param text: ``[B, 4]`` the same
    :param action: ``[B, 5]`` the same and the turn of the whole chunk in units of :data:`TURN_SCALE_RAD`
    :param shown: ``[B, visual tokens]`` how much a token shows of the target
    :param symmetry: ``[B]`` 2 or 4 where the target still has to be grasped and has a direction, else 0
    """
    turn = ROTATION_RAD * chunk[:, :, YAW].sum(dim=1)
    yaw = torch.atan2(proprio[:, YAW_SINE], proprio[:, YAW_COSINE]) + proprio[:, YAW_ERROR] + turn
    target = torch.stack([(symmetry * yaw).sin(), (symmetry * yaw).cos()], dim=1)
    known = ((symmetry > 0) & (chunk[:, -1, YAW].abs() < SETTLED)).float()

    def error(angles: Tensor) -> Tensor:
        chosen = torch.where((symmetry == 2)[:, None, None], angles[..., :2], angles[..., 2:4])
        return (chosen - target[:, None]).abs().mean(dim=-1)

    def mean(errors: Tensor, weights: Tensor) -> Tensor:
        return (errors * weights).sum() / weights.sum().clamp(min=1)

    return {
        "orientation": mean(error(visual), shown * known[:, None]),
        "text_orientation": mean(error(text[:, None]), known[:, None]),
        "action_orientation": mean(error(action[:, None]), known[:, None]),
        "turn": F.mse_loss(action[:, 4], turn / TURN_SCALE_RAD),
    }
