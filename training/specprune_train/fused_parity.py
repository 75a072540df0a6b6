"""Checks the fused graph against removals that numpy decides, one layer graph at a time, and the graphs with a cache."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from .fused_graph import FORCED, FusedPlan, keep_input
from .model import ACTION_SIZE, PolicyConfig
from .policy_graphs import FUSED, reuse_file

if TYPE_CHECKING:
    from .parity import OnnxPolicy

LOCAL_COUNT = 20
FORCED_SHARE = 0.1
STATIC_SHARE = 0.3
STAGE_SHARE = 0.85
AVERAGE_WEIGHT = 0.2
SLOPES = (1.0, 0.02)
REUSED_SHARE = 0.4


@dataclass(frozen=True)
class FusedCase:
    """Settings of one query, as the page would send them."""

    forced: np.ndarray
    """Flags, one per visual token."""
    keeps: list[int]
    """Visual tokens that stay, per removal."""
    rows: str
    slope: float
    rule: int
    """Index of the confidence: entropy, deviation, none."""


def draw_case(config: PolicyConfig, plan: FusedPlan, generator: np.random.Generator) -> FusedCase:
    """A random case; the local sets and the forced tokens fit into the first removal or not, as it falls."""
    visual = config.visual_tokens
    keeps = [int(visual * STATIC_SHARE * generator.uniform(0.5, 1.5))]
    for _ in plan.stage_layers:
        keeps.append(max(1, int(keeps[-1] * STAGE_SHARE)))
    return FusedCase(
        forced=generator.random(visual) < FORCED_SHARE,
        keeps=keeps,
        rows=["text", "action"][generator.integers(2)],
        slope=SLOPES[generator.integers(len(SLOPES))],
        rule=int(generator.integers(3)),
    )


def _feeds(config: PolicyConfig, plan: FusedPlan, case: FusedCase) -> dict[str, np.ndarray]:
    first, count = (config.words + config.queries, config.words) if case.rows == "text" else (config.queries,) * 2
    terms = np.zeros((max(1, len(plan.average_layers)), config.visual_tokens))
    ranks = np.arange(config.visual_tokens)
    logarithm = -np.logaddexp(0, case.slope * ranks)
    for index, layer in enumerate(plan.average_layers):
        removals = sum(removal < layer for removal in plan.removal_layers)
        total = np.logaddexp.reduce(logarithm[: case.keeps[removals - 1]])
        terms[index] = np.log(AVERAGE_WEIGHT) - index * np.log1p(-AVERAGE_WEIGHT) + logarithm - total
    feeds = {
        "score_rows": np.arange(-first, -first + count).astype(np.int32),
        "forced": np.where(case.forced, FORCED, 0).astype(np.float32),
        "local_counts": np.full((len(plan.local_layers), config.views, 1), LOCAL_COUNT, np.float32),
        "rank_terms": terms.astype(np.float32),
        "confidence": np.eye(3, dtype=np.float32)[case.rule],
    }
    for layer, keep in zip(plan.removal_layers, case.keeps, strict=True):
        feeds[keep_input(layer)] = np.array([keep], np.int64)
    return feeds


def _order(scores: np.ndarray) -> np.ndarray:
    """Positions from the largest score down, equal ones in their order."""
    return np.argsort(-scores, kind="stable")


def _ranks(scores: np.ndarray) -> np.ndarray:
    ranks = np.empty(len(scores), np.int64)
    ranks[_order(scores)] = np.arange(len(scores))
    return ranks


def _confidence(scores: np.ndarray, rule: int) -> float:
    share = scores / scores.sum()
    entropy = -(share * np.log(np.maximum(share, 1e-300))).sum()
    return [1 / (entropy + 1e-8), scores.mean() / (scores.std() + 1e-8), 1.0][rule]


class _Reference:
    """SpecPrune's removals in float64, with the weights themselves instead of their logarithms."""

    def __init__(self, config: PolicyConfig, plan: FusedPlan, case: FusedCase) -> None:
        self.config, self.plan, self.case = config, plan, case
        self.ids = np.arange(config.visual_tokens)
        self.forced = case.forced.copy()
        self.average = np.zeros(config.visual_tokens)
        self.kept: list[np.ndarray] = []

    def after_layer(self, layer: int, scores: np.ndarray) -> np.ndarray:
        """Positions of the visual tokens that go on."""
        if layer in self.plan.local_layers:
            for view in np.split(np.arange(self.config.visual_tokens), self.config.views):
                self.forced[view[_ranks(scores[view]) < LOCAL_COUNT]] = True
        if layer in self.plan.average_layers:
            weights = 1 / (1 + np.exp(np.minimum(self.case.slope * _ranks(scores), 700)))
            confident = _confidence(scores.astype(np.float64), self.case.rule) * weights / weights.sum()
            self.average = (1 - AVERAGE_WEIGHT) * self.average + AVERAGE_WEIGHT * confident
        if layer not in self.plan.removal_layers:
            return np.arange(len(self.ids))
        count = self.case.keeps[self.plan.removal_layers.index(layer)]
        keys = self.average
        if layer == self.plan.static_layer:
            keys = scores + np.where(self.forced, np.float32(FORCED), np.float32(0))
        positions = np.sort(_order(keys)[:count])
        self.ids, self.average = self.ids[positions], self.average[positions]
        self.kept.append(self.ids)
        return positions


def check_fused(
    policy: OnnxPolicy, config: PolicyConfig, folder: Path, inputs: dict[str, np.ndarray], seed: int
) -> tuple[float, float]:
    """Largest difference of the chunks, and the share of the reference's kept tokens that the fused graph did not keep."""
    plan = FusedPlan.of_depth(config.layers)
    case = draw_case(config, plan, np.random.default_rng(seed))
    session = onnxruntime.InferenceSession(folder / policy.form.file(FUSED), policy.options, providers=["CPUExecutionProvider"])
    chunk, record = session.run(["chunk", "record"], {**inputs, **_feeds(config, plan, case)})
    reference = _Reference(config, plan, case)
    fixed = config.length - config.visual_tokens
    hidden = policy.embed_session.run(["hidden"], inputs)[0]
    positions = np.arange(config.visual_tokens)
    for index, layer_session in enumerate(policy.layer_sessions):
        visual = hidden.shape[1] - fixed
        keep = np.concatenate([positions, np.arange(visual, visual + fixed)]).astype(np.int32)
        name = f"{case.rows}_scores"
        hidden, scores = layer_session.run(["hidden_out", name], {"hidden": hidden, "keep": keep})
        positions = reference.after_layer(index + 1, scores[: len(keep) - fixed])
    expected = policy.head_session.run(["chunk"], {"hidden": hidden})[0]
    tail = record[-sum(case.keeps) :].astype(np.int64)
    kept = np.split(tail, np.cumsum(case.keeps)[:-1])
    missed = [len(np.setdiff1d(theirs, ours)) for ours, theirs in zip(kept, reference.kept, strict=True)]
    if not np.array_equal(record[: chunk.size], chunk.ravel()):
        raise ValueError("the fused graph's record does not begin with its chunk")
    return float(np.abs(chunk - expected).max()), sum(missed) / sum(case.keeps)


def check_reuse(policy: OnnxPolicy, config: PolicyConfig, folder: Path, inputs: dict[str, np.ndarray], seed: int) -> float:
    """Difference of the chunk when some tokens leave the sequence but stay as the keys and values that they had.

    On the same observation nothing is approximated at layer 1; from layer 2 on the cache holds what these tokens had
    there when they took part, so the chunk must be the one that keeps everything.
    """
    generator = np.random.default_rng(seed)
    hidden = policy.embed_session.run(["hidden"], inputs)[0]
    cache = []
    everything = np.arange(config.length, dtype=np.int32)
    full = hidden
    for layer_session in policy.layer_sessions:
        full, key, value = layer_session.run(["hidden_out", "key_out", "value_out"], {"hidden": full, "keep": everything})
        cache.append((key, value))
    reused = np.sort(generator.choice(config.visual_tokens, int(REUSED_SHARE * config.visual_tokens), replace=False))
    keep = np.setdiff1d(everything, reused).astype(np.int32)
    for index, (key, value) in enumerate(cache):
        session = onnxruntime.InferenceSession(
            folder / policy.form.file(reuse_file(index + 1)), policy.options, providers=["CPUExecutionProvider"]
        )
        feeds = {"hidden": hidden, "keep": keep, "reuse": reused.astype(np.int32), "cached_key": key, "cached_value": value}
        hidden = session.run(["hidden_out"], feeds)[0]
        keep = np.arange(hidden.shape[1], dtype=np.int32)
    chunks = [policy.head_session.run(["chunk"], {"hidden": rows})[0] for rows in (hidden, full)]
    assert chunks[0].size == config.queries * ACTION_SIZE
    return float(np.abs(chunks[0] - chunks[1]).max())
