"""SpecPrune inside one graph: scores, sets, averages and removals run where the layers run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from onnx import TensorProto

from .onnx_graph import GraphBuilder

if TYPE_CHECKING:
    from .model import PolicyConfig

REFERENCE_LAYERS = 32
"""Depth of the model for which the paper prints its layers."""
REFERENCE_STAGES = (5, 10, 15, 20)
REFERENCE_GLOBAL = (15, 32)
FIRST_STAGE_LAYER = 3
FORCED = 2.0
"""Added to the score of tokens that must stay; scores are shares of attention, so they lie below 1."""
CONFIDENCE_EPSILON = 1e-8
SMALLEST = 1e-38


def _scale_layers(reference: Sequence[int], layers: int) -> list[int]:
    """Layers of the paper's model at the same relative depth, rounded half up, without repetition."""
    return sorted({min(layers, max(1, math.floor(layer * layers / REFERENCE_LAYERS + 0.5))) for layer in reference})


@dataclass(frozen=True)
class FusedPlan:
    """The layers at which the fused graph looks and removes; everything else is an input."""

    static_layer: int
    local_layers: tuple[int, ...]
    stage_layers: tuple[int, ...]
    global_layers: tuple[int, ...]

    @staticmethod
    def of_depth(layers: int, static_layer: int = 2) -> FusedPlan:
        """The paper's layers at this model's depth."""
        first = max(FIRST_STAGE_LAYER, static_layer + 1)
        stages = [layer for layer in _scale_layers(REFERENCE_STAGES, layers) if first <= layer < layers]
        local = tuple(range(1, static_layer + 1))
        return FusedPlan(static_layer, local, tuple(stages), tuple(_scale_layers(REFERENCE_GLOBAL, layers)))

    @property
    def average_layers(self) -> list[int]:
        """Layers that feed the moving average of the layer level."""
        return list(range(self.static_layer + 1, max(self.stage_layers, default=self.static_layer) + 1))

    @property
    def score_layers(self) -> list[int]:
        """Layers whose attention onto the visual tokens is computed."""
        return sorted({*self.local_layers, self.static_layer, *self.average_layers, *self.global_layers})

    @property
    def removal_layers(self) -> list[int]:
        """Layers after which tokens may go."""
        return [self.static_layer, *self.stage_layers]


def keep_input(layer: int) -> str:
    """Name of the input that says how many visual tokens stay after a layer."""
    return f"keep_{layer:02d}"


class FusedSelection:
    """Emits the selection between the layers of one graph.

    All index arithmetic is done on floats and int32, and integers of a TopK are only ever used to gather: int64 arithmetic
    would leave the GPU. A rank is the position in the inverse of the sorting permutation, found by sorting twice.
    """

    def __init__(self, graph: GraphBuilder, config: PolicyConfig, plan: FusedPlan) -> None:
        self.graph, self.config, self.plan = graph, config, plan
        visual = config.visual_tokens
        self._fixed = config.length - visual
        self._rows = graph.input("score_rows", ["R"], TensorProto.INT32)
        self._forced = graph.input("forced", [visual])
        self._local_counts = graph.input("local_counts", [len(plan.local_layers), config.views, 1])
        self._rank_terms = graph.input("rank_terms", [max(1, len(plan.average_layers)), visual])
        self._confidence = graph.input("confidence", [3])
        for layer in plan.removal_layers:
            graph.input(keep_input(layer), [1], TensorProto.INT64)
        self._positions = graph.floats("positions_table", range(visual))
        self._tail = graph.integers("tail_rows", range(-self._fixed, 0))
        self._count: str | None = None
        """Number of visual tokens in the sequence, as an int64 vector; None while all are there."""
        self._ids = self._positions
        self._average: str | None = None
        self.record: list[str] = []
        """Scores by layer, in order; then the kept ids by removal."""
        self._kept_ids: list[str] = []

    def parts(self) -> list[str]:
        """Everything that goes into the record behind the chunk."""
        return [*self.record, *self._kept_ids]

    def after_layer(self, layer: int, query: str, key: str, hidden: str | None) -> str | None:
        """Observe a layer; returns the shortened hidden states where tokens are removed.

        :param hidden: hidden states behind the layer, given where the plan removes
        """
        plan, graph = self.plan, self.graph
        if layer not in plan.score_layers:
            return None
        scores = self._scores(query, key)
        self.record.append(scores)
        if layer in plan.local_layers:
            self._force_local(layer, scores)
        if layer in plan.average_layers:
            self._update_average(layer, scores)
        if hidden is None:
            return None
        if layer == plan.static_layer:
            return self._remove(layer, graph.op("Add", scores, self._forced), hidden)
        assert self._average is not None
        return self._remove(layer, self._average, hidden)

    def _scores(self, query: str, key: str) -> str:
        """Attention of the chosen rows onto the visual tokens, averaged over heads, then over rows."""
        graph, config = self.graph, self.config
        head_width = config.width // config.heads
        by_head = graph.indices(1, -1, config.heads, head_width)
        rows = graph.op("Gather", query, self._rows, axis=1)
        rows = graph.op("Mul", rows, graph.scalar("score_scale", 1 / math.sqrt(head_width)))
        rows = graph.op("Transpose", graph.op("Reshape", rows, by_head), perm=[0, 2, 1, 3])
        keys = graph.op("Transpose", graph.op("Reshape", key, by_head), perm=[0, 2, 3, 1])
        attention = graph.op("Softmax", graph.op("MatMul", rows, keys), axis=-1)
        averaged = graph.op("ReduceMean", attention, axes=[1], keepdims=0)
        averaged = graph.op("ReduceMean", averaged, axes=[0, 1], keepdims=0)
        return graph.op("Slice", averaged, graph.indices(0), graph.indices(-self._fixed), graph.indices(0))

    def _gather_by_rank(self, values: str, table: str, count: str) -> str:
        """``table[rank]`` for every entry of ``values`` along the last axis; rank 0 is the largest, equal ones by position."""
        order = self._top(values, count)[1]
        inverse = self._top(self.graph.op("Gather", self._positions, order, axis=0), count, largest=0)[1]
        return self.graph.op("Gather", table, inverse, axis=0)

    def _top(self, values: str, count: str, largest: int = 1) -> tuple[str, str]:
        outputs = [f"top_{len(self.graph.nodes)}_{part}" for part in ("values", "indices")]
        self.graph.multi("TopK", [values, count], outputs, axis=-1, largest=largest, sorted=1)
        return outputs[0], outputs[1]

    def _force_local(self, layer: int, scores: str) -> None:
        """Marks the best tokens of each view as forced."""
        graph, config, plan = self.graph, self.config, self.plan
        by_view = graph.op("Reshape", scores, graph.indices(config.views, config.patches))
        ranks = self._gather_by_rank(by_view, self._positions, graph.indices(config.patches))
        row = graph.integers(f"local_row_{layer}", [plan.local_layers.index(layer)])
        counts = graph.op("Squeeze", graph.op("Gather", self._local_counts, row, axis=0), graph.indices(0))
        marks = graph.op("Cast", graph.op("Less", ranks, counts), to=TensorProto.FLOAT)
        marks = graph.op("Mul", marks, graph.scalar("forced_bias", FORCED))
        marks = graph.op("Reshape", marks, graph.indices(config.visual_tokens))
        self._forced = graph.op("Max", self._forced, marks)

    def _update_average(self, layer: int, scores: str) -> None:
        """Adds a layer to the moving average, whose logarithm is kept: rank weights span hundreds of orders of magnitude.

        ``rank_terms`` holds, by rank, the logarithm of everything that does not depend on the scores.
        """
        graph = self.graph
        row = graph.integers(f"average_row_{layer}", [self.plan.average_layers.index(layer)])
        table = graph.op("Squeeze", graph.op("Gather", self._rank_terms, row, axis=0), graph.indices(0))
        terms = self._gather_by_rank(scores, table, self._length())
        terms = graph.op("Add", terms, graph.op("Log", self._confidence_of(scores)))
        if self._average is None:
            self._average = terms
            return
        larger = graph.op("Max", self._average, terms)
        smaller = graph.op("Min", self._average, terms)
        gap = graph.op("Exp", graph.op("Sub", smaller, larger))
        one = graph.scalar("one", 1.0)
        self._average = graph.op("Add", larger, graph.op("Log", graph.op("Add", gap, one)))

    def _confidence_of(self, scores: str) -> str:
        """``[1]``: the chosen one of 1 / (entropy + eps), mean / (deviation + eps) and 1."""
        graph = self.graph
        epsilon = graph.scalar("confidence_epsilon", CONFIDENCE_EPSILON)
        share = graph.op("Div", scores, graph.op("ReduceSum", scores, keepdims=1))
        logarithm = graph.op("Log", graph.op("Max", share, graph.scalar("smallest", SMALLEST)))
        negative = graph.op("ReduceSum", graph.op("Mul", share, logarithm), keepdims=1)
        entropy = graph.op("Reciprocal", graph.op("Sub", epsilon, negative))
        mean = graph.op("ReduceMean", scores, keepdims=1)
        offset = graph.op("Sub", scores, mean)
        variance = graph.op("ReduceMean", graph.op("Mul", offset, offset), keepdims=1)
        deviation = graph.op("Div", mean, graph.op("Add", graph.op("Sqrt", variance), epsilon))
        rules = graph.op("Concat", entropy, deviation, graph.floats("no_rule", [1.0]), axis=0)
        return graph.op("ReduceSum", graph.op("Mul", rules, self._confidence), keepdims=1)

    def _length(self) -> str:
        return self._count or self.graph.indices(self.config.visual_tokens)

    def _remove(self, layer: int, keys: str, hidden: str) -> str:
        """Keeps the best tokens in the order of their ids, and all fixed ones."""
        graph, count = self.graph, keep_input(layer)
        best = graph.op("Gather", self._positions, self._top(keys, count)[1], axis=0)
        kept = graph.op("Cast", self._top(best, count, largest=0)[0], to=TensorProto.INT32)
        self._count = count
        self._ids = graph.op("Gather", self._ids, kept, axis=0)
        self._kept_ids.append(self._ids)
        if self._average is not None:
            self._average = graph.op("Gather", self._average, kept, axis=0)
        return graph.op("Gather", hidden, graph.op("Concat", kept, self._tail, axis=0), axis=1)
