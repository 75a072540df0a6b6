"""The policy: a small vision-language-action transformer with parallel action queries.

The token sequence is ``[view 0, view 1, ..., proprio, text, action queries]``; positions are absolute and added
before layer 1, so rows may be removed between layers without renumbering.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .orientation import OrientationHeads

ACTION_SIZE = 7
LAYER_NORM_EPSILON = 1e-5
CELL_GRID = 8
"""Side of the grid of cells that the grounding head classifies, per view."""
REFERENTS = 2
"""Things that every instruction refers to: the target object and its destination. Some have a landmark besides."""
ATTRIBUTES = 2
"""Words that describe a thing: its colour and its noun."""
ATTRIBUTE_WORDS = (2, 3)
"""Places of the words that describe the target, in data that do not say where things are named."""
RELATION_SIZE = 3
"""The way from a token's thing to the landmark, along x and y, and its length."""
LAYERS_TO_COMPARE = 2
"""Layers between the one whose tokens know their way to the landmark and the one that knows the target."""


@dataclass(frozen=True)
class PolicyConfig:
    """Shape of a policy; everything that is needed to rebuild it from a checkpoint."""

    vocabulary_size: int
    proprio_size: int
    layers: int = 10
    width: int = 192
    heads: int = 4
    feed_forward: int = 768
    words: int = 7
    queries: int = 8
    views: int = 2
    rows: int = 16
    columns: int = 16
    image_size: int = 128
    stem_channels: tuple[int, int] = (64, 96)
    stem_blocks: int = 0
    """Residual convolution blocks between the second and the third convolution of the stem."""
    aux_layer: int = 3
    referents: int = REFERENTS
    """Things that the auxiliary heads look for: target, destination and, in data of several suites, a landmark."""

    @property
    def mask_channels(self) -> int:
        """What a token may show: target, destination, fingers and, with three referents, the landmark."""
        return self.referents + 1

    @property
    def relation_layer(self) -> int:
        """Layer whose visual tokens say how far the landmark is, counted from 1."""
        return max(1, self.aux_layer - LAYERS_TO_COMPARE)

    @property
    def patches(self) -> int:
        """Visual tokens of one view."""
        return self.rows * self.columns

    @property
    def visual_tokens(self) -> int:
        """Visual tokens of all views."""
        return self.views * self.patches

    @property
    def length(self) -> int:
        """Length of the unpruned sequence."""
        return self.visual_tokens + 1 + self.words + self.queries

    def to_json(self) -> dict[str, Any]:
        """A JSON-compatible dictionary."""
        return asdict(self)

    @staticmethod
    def from_json(values: dict[str, Any]) -> PolicyConfig:
        """The inverse of :meth:`to_json`."""
        return PolicyConfig(**{**values, "stem_channels": tuple(values["stem_channels"])})


def sincos_positions(rows: int, columns: int, width: int) -> Tensor:
    """Two-dimensional sine-cosine table ``[rows * columns, width]``, row-major."""
    quarter = width // 4
    frequencies = torch.exp(-math.log(100.0) * torch.arange(quarter) / max(1, quarter - 1))

    def axis(count: int) -> Tensor:
        angles = torch.arange(count)[:, None] * frequencies
        return torch.cat([angles.sin(), angles.cos()], dim=1)

    vertical = axis(rows)[:, None, :].expand(rows, columns, -1)
    horizontal = axis(columns)[None, :, :].expand(rows, columns, -1)
    return torch.cat([vertical, horizontal], dim=2).reshape(rows * columns, width)


def _attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Softmax attention. In bfloat16 on a CPU the plain products train 1.4 times faster than the fused kernel; in float32
    the fused kernel does."""
    if query.is_cuda or query.dtype == torch.float32:
        return F.scaled_dot_product_attention(query, key, value)
    weights = (query / math.sqrt(query.shape[-1]) @ key.transpose(-1, -2)).softmax(dim=-1)
    return weights.to(value.dtype) @ value


class Block(nn.Module):
    """One pre-norm transformer layer, bidirectional."""

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.norm_attention = nn.LayerNorm(width, eps=LAYER_NORM_EPSILON)
        self.qkv = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.norm_feed_forward = nn.LayerNorm(width, eps=LAYER_NORM_EPSILON)
        self.feed_forward_in = nn.Linear(width, config.feed_forward)
        self.feed_forward_out = nn.Linear(config.feed_forward, width)

    def _split_heads(self, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, length, width = hidden.shape
        qkv = self.qkv(self.norm_attention(hidden)).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        return query, key, value

    def forward(self, hidden: Tensor) -> Tensor:
        """``[B, T, D]`` to ``[B, T, D]`` for any number of rows T."""
        query, key, value = self._split_heads(hidden)
        mixed = _attend(query, key, value).transpose(1, 2).flatten(2)
        hidden = hidden + self.attention_out(mixed)
        return hidden + self.feed_forward_out(F.gelu(self.feed_forward_in(self.norm_feed_forward(hidden))))

    def row_attention(self, hidden: Tensor, rows: int) -> Tensor:
        """Attention ``[B, heads, rows, T]`` of the last ``rows`` rows onto all rows."""
        query, key, _ = self._split_heads(hidden)
        logits = query[:, :, -rows:] @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
        return logits.softmax(dim=-1)


class StemBlock(nn.Module):
    """A residual pair of convolutions at the resolution of the tokens; it starts as the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        self.outer = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        nn.init.kaiming_normal_(self.inner.weight, nonlinearity="relu")
        nn.init.zeros_(self.inner.bias)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    def forward(self, features: Tensor) -> Tensor:
        """``[B, C, rows, columns]`` to the same shape."""
        return features + self.outer(F.gelu(self.inner(features)))


class Stem(nn.Module):
    """Convolutions shared by the views: an image to a grid of tokens at an eighth of its resolution."""

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        first, second = config.stem_channels
        self.quarter = nn.Conv2d(3, first, kernel_size=4, stride=4)
        self.eighth = nn.Conv2d(first, second, kernel_size=3, stride=2, padding=1)
        self.blocks = nn.ModuleList(StemBlock(second) for _ in range(config.stem_blocks))
        self.project = nn.Conv2d(second, config.width, kernel_size=3, padding=1)
        for convolution in (self.quarter, self.eighth, self.project):
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
            nn.init.zeros_(convolution.bias)

    def forward(self, images: Tensor) -> Tensor:
        """``[B, 3, size, size]`` to ``[B, width, rows, columns]``."""
        features = F.gelu(self.eighth(F.gelu(self.quarter(images))))
        for block in self.blocks:
            features = block(features)
        return self.project(features)


class Policy(nn.Module):
    """Images, words and proprioception to a chunk of actions.

    Images are ``[B, views, 3, size, size]`` in [-1, 1]; proprioception is raw, it is normalised inside.
    """

    proprio_mean: Tensor
    proprio_std: Tensor

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.stem = Stem(config)
        self.positions = nn.Parameter(sincos_positions(config.rows, config.columns, width))
        self.cameras = nn.Parameter(0.02 * torch.randn(config.views, width))
        self.register_buffer("proprio_mean", torch.zeros(config.proprio_size))
        self.register_buffer("proprio_std", torch.ones(config.proprio_size))
        self.proprio_in = nn.Linear(config.proprio_size, width)
        self.proprio_out = nn.Linear(width, width)
        self.word_embedding = nn.Embedding(config.vocabulary_size, width)
        nn.init.normal_(self.word_embedding.weight, std=0.5)
        self.word_positions = nn.Parameter(0.1 * torch.randn(config.words, width))
        self.action_queries = nn.Parameter(0.5 * torch.randn(config.queries, width))
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm_out = nn.LayerNorm(width, eps=LAYER_NORM_EPSILON)
        self.action_head = nn.Linear(width, ACTION_SIZE)
        self._scale_residual_branches()

    def _scale_residual_branches(self) -> None:
        """Shrink the projections into the residual stream so that its variance does not grow with depth."""
        scale = 1 / math.sqrt(2 * self.config.layers)
        with torch.no_grad():
            for block in self.blocks:
                block.attention_out.weight.mul_(scale)
                block.feed_forward_out.weight.mul_(scale)

    def set_proprio_statistics(self, mean: Sequence[float], std: Sequence[float]) -> None:
        """Store the statistics that normalise proprioception."""
        self.proprio_mean.copy_(torch.as_tensor(mean, dtype=torch.float32))
        self.proprio_std.copy_(torch.as_tensor(std, dtype=torch.float32))

    def embed(self, images: Tensor, words: Tensor, proprio: Tensor, coarse: bool = False) -> Tensor:
        """The hidden states before layer 1. With ``coarse`` the visual grid is average-pooled 2x2 (a training aid)."""
        config = self.config
        features = self.stem(images.flatten(0, 1))
        positions = self.positions
        if coarse:
            features = F.avg_pool2d(features, 2)
            grid = positions.t().reshape(1, config.width, config.rows, config.columns)
            positions = F.avg_pool2d(grid, 2).flatten(2)[0].t()
        visual = features.flatten(2).transpose(1, 2).unflatten(0, (-1, config.views))
        visual = visual + positions + self.cameras[:, None, :]
        normalised = (proprio - self.proprio_mean) / self.proprio_std
        state = self.proprio_out(F.gelu(self.proprio_in(normalised)))[:, None, :]
        text = self.word_embedding(words) + self.word_positions
        queries = self.action_queries.expand(words.shape[0], -1, -1)
        return torch.cat([visual.flatten(1, 2), state, text, queries.to(visual.dtype)], dim=1)

    def head(self, hidden: Tensor) -> Tensor:
        """Actions ``[B, queries, 7]`` read from the last rows, not clipped."""
        return self.action_head(self.norm_out(hidden[:, -self.config.queries :]))

    def forward(self, images: Tensor, words: Tensor, proprio: Tensor) -> Tensor:
        """The chunk that the policy executes, clipped to [-1, 1]."""
        hidden = self.embed(images, words, proprio)
        for block in self.blocks:
            hidden = block(hidden)
        return self.head(hidden).clamp(-1, 1)

    @torch.no_grad()
    def layered(self, hidden: Tensor, keeps: Sequence[Tensor | None]) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Run the layers with rows removed before each, for one sample.

        :param keeps: positions in the incoming hidden states to keep, per layer; None keeps all
        :returns: the clipped chunk, and per layer the scores of the text and of the action rows
        """
        words, queries = self.config.words, self.config.queries
        scores: list[tuple[Tensor, Tensor]] = []
        for block, keep in zip(self.blocks, keeps, strict=True):
            hidden = hidden if keep is None else hidden[:, keep]
            rows = block.row_attention(hidden, words + queries).mean(dim=1)[0]
            scores.append((rows[:words].mean(dim=0), rows[words:].mean(dim=0)))
            hidden = block(hidden)
        return self.head(hidden).clamp(-1, 1), scores


@dataclass
class TrainingOutput:
    """Everything the losses read."""

    chunk: Tensor
    keyframe: Tensor
    mask_logits: Tensor
    """``[B, visual tokens, mask channels]``"""
    grounding: Tensor
    """``[B, 2 * referents]`` normalised positions"""
    cell_logits: Tensor
    """``[B, referents, views, 64]``"""
    attribute_logits: Tensor
    """``[B, attributes, visual tokens, vocabulary]`` before layer 1: which word describes what a token shows"""
    pointer_logits: Tensor
    """``[B, referents, visual tokens]``: which tokens show what the text speaks of"""
    visual_orientation: Tensor
    """``[B, visual tokens, 4]``: how the target is turned, see :func:`orientation_losses`"""
    text_orientation: Tensor
    action_orientation: Tensor
    relation: Tensor | None
    """``[B, visual tokens, 3]``: the way to the landmark, where the data have landmarks"""


class TrainingModel(nn.Module):
    """The policy with the auxiliary heads that only training uses."""

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        width = config.width
        self.config = config
        self.policy = Policy(config)
        self.norm_visual = nn.LayerNorm(width)
        self.mask_head = nn.Linear(width, config.mask_channels)
        self.norm_text = nn.LayerNorm(width)
        self.grounding_hidden = nn.Linear(width, width)
        self.grounding_head = nn.Linear(width, 2 * config.referents)
        self.cell_head = nn.Linear(width, config.referents * config.views * CELL_GRID**2)
        self.keyframe_head = nn.Linear(width, 4)
        self.norm_stem = nn.LayerNorm(width)
        self.attribute_heads = nn.Linear(width, ATTRIBUTES * width)
        self.pointer_query = nn.Linear(width, config.referents * width)
        self.pointer_key = nn.Linear(width, width)
        self.orientation = OrientationHeads(width)
        self.norm_relation = nn.LayerNorm(width)
        self.relation_head = nn.Linear(width, RELATION_SIZE) if config.referents > REFERENTS else None

    def forward(self, images: Tensor, words: Tensor, proprio: Tensor, coarse: bool) -> TrainingOutput:
        config, policy = self.config, self.policy
        tail = 1 + config.words + config.queries
        hidden = policy.embed(images, words, proprio, coarse)
        attributes = self._name_attributes(hidden[:, :-tail])
        for block in policy.blocks[: config.relation_layer]:
            hidden = block(hidden)
        relation = self.relation_head(self.norm_relation(hidden[:, :-tail])) if self.relation_head else None
        for block in policy.blocks[config.relation_layer : config.aux_layer]:
            hidden = block(hidden)
        visual = hidden[:, :-tail]
        text = hidden[:, -(config.words + config.queries) : -config.queries].mean(dim=1)
        for block in policy.blocks[config.aux_layer :]:
            hidden = block(hidden)
        grounded = F.gelu(self.grounding_hidden(self.norm_text(text)))
        shown = self.norm_visual(visual)
        acting = policy.norm_out(hidden[:, -config.queries :]).mean(dim=1)
        return TrainingOutput(
            chunk=policy.head(hidden),
            keyframe=self.keyframe_head(acting),
            mask_logits=self.mask_head(shown),
            grounding=self.grounding_head(grounded),
            cell_logits=self.cell_head(grounded).view(-1, config.referents, config.views, CELL_GRID**2),
            attribute_logits=attributes,
            pointer_logits=self._point(grounded, visual),
            visual_orientation=self.orientation.visual(shown),
            text_orientation=self.orientation.text(grounded),
            action_orientation=self.orientation.action(acting),
            relation=relation,
        )

    def attributes(self, images: Tensor, words: Tensor, proprio: Tensor, coarse: bool) -> Tensor:
        """Only ``attribute_logits``: no layer runs, so many more images fit into the same time."""
        tail = 1 + self.config.words + self.config.queries
        return self._name_attributes(self.policy.embed(images, words, proprio, coarse)[:, :-tail])

    def _name_attributes(self, visual: Tensor) -> Tensor:
        """Compare what tokens show with the embeddings of the words, so that both speak the same language."""
        queries = self.attribute_heads(self.norm_stem(visual)).unflatten(2, (ATTRIBUTES, -1))
        words = self.policy.word_embedding.weight
        return (queries @ words.t()).transpose(1, 2) / math.sqrt(words.shape[1]) * 4

    def _point(self, grounded: Tensor, visual: Tensor) -> Tensor:
        """Point from the text to the tokens that show its referents, by content instead of by place."""
        queries = self.pointer_query(grounded).unflatten(1, (self.config.referents, -1))
        keys = self.pointer_key(self.norm_visual(visual))
        return queries @ keys.transpose(1, 2) / math.sqrt(keys.shape[2])
