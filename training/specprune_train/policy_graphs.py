"""The policy as ONNX graphs: one dense graph, and the same layers one graph each."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from onnx import TensorProto
from torch import nn

from .fused_graph import FusedPlan, FusedSelection
from .model import ACTION_SIZE, LAYER_NORM_EPSILON, Policy, PolicyConfig, Stem
from .onnx_graph import LAST, GraphBuilder, WeightStore

FULL_MANTISSA = 10
"""Bits of an fp16 number's mantissa."""
DENSE, EMBED, HEAD, FUSED = "dense.onnx", "embed.onnx", "head.onnx", "fused.onnx"


@dataclass(frozen=True)
class GraphForm:
    """Which operators graphs are made of, where several compute the same: which are fast differs between processors."""

    joined_norms: bool
    """Residual sum and normalisation in one operator. That is fewer kernels for a GPU to start and equally fast in
    WebAssembly; onnxruntime's native operator takes 0.7 ms on 541 rows where the separate ones take 0.2 ms."""
    suffix: str = ""
    """Before the extension of the names of its files."""

    def file(self, name: str) -> str:
        """Name of a graph's file in this form."""
        return name.replace(".onnx", f"{self.suffix}.onnx")


PORTABLE = GraphForm(joined_norms=True)
"""What a page runs."""
NATIVE = GraphForm(joined_norms=False, suffix=".native")
"""What native code on a processor runs, beside the portable form of the same weights."""
INT8 = GraphForm(joined_norms=False)
"""The only form of the int8 twin, which no GPU runs."""


def layer_file(layer: int) -> str:
    """File name of a layer's graph; layers count from 1."""
    return f"layer-{layer:02d}.onnx"


def reuse_file(layer: int) -> str:
    """File name of the graph of a layer that takes keys and values from a cache."""
    return f"reuse-{layer:02d}.onnx"


def round_to_half(policy: Policy) -> Policy:
    """A copy whose parameters hold exactly what the fp16 weight file can store."""
    rounded = copy.deepcopy(policy).float().cpu().eval()
    with torch.no_grad():
        for parameter in rounded.parameters():
            parameter.copy_(parameter.half().float())
    return rounded


def shorten_mantissas(policy: Policy, layers: Iterable[int], bits: int) -> None:
    """Round what some layers hold to fp16 with so many bits of mantissa (of 10), in place.

    What is stored compresses better: with 7 bits a layer takes a sixth less in a history of versions. 7 bits are what
    products in bfloat16 keep, in which the policy was trained.
    """
    step = 1 << (FULL_MANTISSA - bits)
    with torch.no_grad():
        for layer in layers:
            for parameter in policy.blocks[layer - 1].parameters():
                stored = parameter.half().view(torch.int16).int() & 0xFFFF
                rounded = (stored + step // 2) // step * step
                parameter.copy_(rounded.to(torch.uint16).view(torch.float16).float())


def _store_linear(store: WeightStore, name: str, linear: nn.Linear, int8: bool = False) -> None:
    matrix = linear.weight.detach().t().numpy()
    if int8:
        store.add_quantized(f"{name}.weight", matrix)
    else:
        store.add(f"{name}.weight", matrix)
    store.add(f"{name}.bias", linear.bias.detach().numpy())


def _store_norm(store: WeightStore, name: str, norm: nn.LayerNorm) -> None:
    store.add(f"{name}.scale", norm.weight.detach().numpy())
    store.add(f"{name}.bias", norm.bias.detach().numpy())


def _store_proprio(store: WeightStore, policy: Policy) -> None:
    """The first linear layer of proprioception with the normalisation folded in, so that graphs take raw values."""
    weight = policy.proprio_in.weight.detach().double() / policy.proprio_std.double()
    bias = policy.proprio_in.bias.detach().double() - weight @ policy.proprio_mean.double()
    store.add("proprio_in.weight", weight.t().numpy(), exact=True)
    store.add("proprio_in.bias", bias.numpy(), exact=True)
    _store_linear(store, "proprio_out", policy.proprio_out)


def _store_stem(store: WeightStore, stem: Stem) -> None:
    convolutions = {"quarter": stem.quarter, "eighth": stem.eighth}
    for index, block in enumerate(stem.blocks):
        convolutions |= {f"block{index + 1}.inner": block.inner, f"block{index + 1}.outer": block.outer}
    convolutions["project"] = stem.project
    for name, convolution in convolutions.items():
        store.add(f"stem.{name}.weight", convolution.weight.detach().numpy())
        store.add(f"stem.{name}.bias", convolution.bias.detach().numpy())


def store_weights(policy: Policy, int8: bool = False) -> WeightStore:
    """All weights of a policy in the order in which a dense forward reads them; ``int8`` quantises the layers' matrices."""
    store = WeightStore()
    _store_stem(store, policy.stem)
    store.add("positions", policy.positions.detach().numpy())
    store.add("cameras", policy.cameras.detach()[:, None, :].numpy())
    _store_proprio(store, policy)
    store.add("word_embedding", policy.word_embedding.weight.detach().numpy())
    store.add("word_positions", policy.word_positions.detach().numpy())
    store.add("action_queries", policy.action_queries.detach()[None].numpy())
    for index, block in enumerate(policy.blocks):
        _store_norm(store, f"layer{index + 1}.norm_attention", block.norm_attention)
        _store_linear(store, f"layer{index + 1}.qkv", block.qkv, int8)
        _store_linear(store, f"layer{index + 1}.attention_out", block.attention_out, int8)
        _store_norm(store, f"layer{index + 1}.norm_feed_forward", block.norm_feed_forward)
        _store_linear(store, f"layer{index + 1}.feed_forward_in", block.feed_forward_in, int8)
        _store_linear(store, f"layer{index + 1}.feed_forward_out", block.feed_forward_out, int8)
    _store_norm(store, "norm_out", policy.norm_out)
    _store_linear(store, "action_head", policy.action_head)
    return store


class PolicyGraphs:
    """Emits the parts of the policy into graphs of one form."""

    def __init__(self, config: PolicyConfig, store: WeightStore, plan: FusedPlan, form: GraphForm = PORTABLE) -> None:
        self.config = config
        self.store = store
        self.plan = plan
        self.form = form

    def write(self, folder: Path) -> None:
        """Write every graph and the shared weight file."""
        folder.mkdir(parents=True, exist_ok=True)
        self.store.write(folder)
        self._embed_only().save(folder / EMBED)
        self._head_only().save(folder / HEAD)
        self.write_layers(folder)

    def write_layers(self, folder: Path) -> None:
        """Write the graphs that have layers: only these differ between forms."""
        self._dense().save(folder / self.form.file(DENSE))
        for layer in range(1, self.config.layers + 1):
            self._layer(layer).save(folder / self.form.file(layer_file(layer)))
            self._layer(layer, reuse=True).save(folder / self.form.file(reuse_file(layer)))
        self._fused().save(folder / self.form.file(FUSED))

    def _dense(self) -> GraphBuilder:
        """The whole policy with every residual addition fused into the next normalisation, and no taps."""
        graph = GraphBuilder("dense", self.store)
        hidden = self._embed(graph)
        normed = self._norm(graph, "layer1.norm_attention", hidden)
        for layer in range(1, self.config.layers + 1):
            query, key, value = self._qkv(graph, layer, normed)
            mixed = self._mix(graph, layer, query, key, value)
            normed, hidden = self._skip_norm(graph, layer, "norm_feed_forward", hidden, mixed, "attention_out")
            update = self._feed_forward(graph, layer, normed)
            if layer < self.config.layers:
                normed, hidden = self._skip_norm(graph, layer + 1, "norm_attention", hidden, update, "feed_forward_out", layer)
            else:
                hidden = self._add_update(graph, layer, hidden, update)
        self._head(graph, hidden)
        return graph

    def _embed_only(self) -> GraphBuilder:
        graph = GraphBuilder("embed", self.store)
        hidden = self._embed(graph)
        graph.op("Identity", hidden, name="hidden")
        graph.output("hidden", [1, self.config.length, self.config.width])
        return graph

    def _fused(self) -> GraphBuilder:
        """The dense graph with SpecPrune's removals inside.

        The output ``record`` is the chunk, then the scores of every layer of the plan, then the ids that every removal
        kept, all as floats: one vector, so that a query waits for the GPU once.
        """
        graph = GraphBuilder("fused", self.store)
        hidden = self._embed(graph)
        selection = FusedSelection(graph, self.config, self.plan)
        normed = self._norm(graph, "layer1.norm_attention", hidden)
        for layer in range(1, self.config.layers + 1):
            query, key, value = self._qkv(graph, layer, normed)
            mixed = self._mix(graph, layer, query, key, value)
            normed, hidden = self._skip_norm(graph, layer, "norm_feed_forward", hidden, mixed, "attention_out")
            update = self._feed_forward(graph, layer, normed)
            if layer in self.plan.removal_layers or layer == self.config.layers:
                hidden = self._add_update(graph, layer, hidden, update)
                removes = layer in self.plan.removal_layers
                hidden = selection.after_layer(layer, query, key, hidden if removes else None) or hidden
                if layer < self.config.layers:
                    normed = self._norm(graph, f"layer{layer + 1}.norm_attention", hidden)
                continue
            selection.after_layer(layer, query, key, None)
            normed, hidden = self._skip_norm(graph, layer + 1, "norm_attention", hidden, update, "feed_forward_out", layer)
        self._head(graph, hidden)
        chunk = graph.op("Reshape", "chunk", graph.indices(self.config.queries * ACTION_SIZE))
        graph.op("Concat", chunk, *selection.parts(), name="record", axis=0)
        graph.output("record", ["N"])
        return graph

    def _layer(self, layer: int, reuse: bool = False) -> GraphBuilder:
        """One layer on the rows named by ``keep``, with the attention of the text and of the action rows.

        With ``reuse`` the rows named by ``reuse`` of cached keys and values come before those of the rows that are computed;
        scores then run over both. Keys and values go out for the cache.
        """
        graph = GraphBuilder(f"{'reuse' if reuse else 'layer'}-{layer:02d}", self.store)
        graph.input("hidden", [1, "T", self.config.width])
        graph.input("keep", ["K"], TensorProto.INT32)
        hidden = graph.op("Gather", "hidden", "keep", axis=1)
        normed = self._norm(graph, f"layer{layer}.norm_attention", hidden)
        query, key, value = self._qkv(graph, layer, normed, {} if reuse else {"key": "key_out", "value": "value_out"})
        if reuse:
            graph.input("reuse", ["C"], TensorProto.INT32)
            key, value = self._prepend_cached(graph, "key", key), self._prepend_cached(graph, "value", value)
        mixed = self._mix(graph, layer, query, key, value)
        normed, summed = self._skip_norm(graph, layer, "norm_feed_forward", hidden, mixed, "attention_out")
        update = self._feed_forward(graph, layer, normed)
        self._add_update(graph, layer, summed, update, name="hidden_out")
        graph.output("hidden_out", [1, "K", self.config.width])
        for name in (key, value):
            graph.output(name, [1, "S", self.config.width])
        self._scores(graph, query, key)
        return graph

    def _prepend_cached(self, graph: GraphBuilder, kind: str, rows: str) -> str:
        cached = graph.input(f"cached_{kind}", [1, "M", self.config.width])
        return graph.op("Concat", graph.op("Gather", cached, "reuse", axis=1), rows, name=f"{kind}_out", axis=1)

    def _head_only(self) -> GraphBuilder:
        graph = GraphBuilder("head", self.store)
        self._head(graph, graph.input("hidden", [1, "T", self.config.width]))
        return graph

    def _embed(self, graph: GraphBuilder) -> str:
        config = self.config
        size, width = config.image_size, config.width
        graph.input("images", [config.views, 3, size, size])
        graph.input("words", [1, config.words], TensorProto.INT32)
        graph.input("proprio", [1, config.proprio_size])
        features = graph.fused("Gelu", self._convolution(graph, "quarter", "images", kernel=4, stride=4, padding=0))
        features = graph.fused("Gelu", self._convolution(graph, "eighth", features, stride=2))
        for block in range(1, config.stem_blocks + 1):
            inner = graph.fused("Gelu", self._convolution(graph, f"block{block}.inner", features))
            features = graph.op("Add", features, self._convolution(graph, f"block{block}.outer", inner))
        features = self._convolution(graph, "project", features)
        grid = graph.op("Reshape", features, graph.indices(config.views, width, config.patches))
        tokens = graph.op("Transpose", grid, perm=[0, 2, 1])
        table = graph.op("Add", graph.weight("positions"), graph.weight("cameras"))
        visual = graph.op("Reshape", graph.op("Add", tokens, table), graph.indices(1, config.visual_tokens, width))
        state = graph.fused("Gelu", self._linear(graph, "proprio_in", "proprio"))
        state = graph.op("Reshape", self._linear(graph, "proprio_out", state), graph.indices(1, 1, width))
        text = graph.op("Gather", graph.weight("word_embedding"), "words", axis=0)
        text = graph.op("Add", text, graph.weight("word_positions"))
        return graph.op("Concat", visual, state, text, graph.weight("action_queries"), axis=1)

    def _convolution(
        self, graph: GraphBuilder, name: str, value: str, kernel: int = 3, stride: int = 1, padding: int = 1
    ) -> str:
        weight, bias = graph.weight(f"stem.{name}.weight"), graph.weight(f"stem.{name}.bias")
        return graph.op("Conv", value, weight, bias, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[padding] * 4)

    def _linear(self, graph: GraphBuilder, name: str, value: str) -> str:
        return graph.matmul(value, f"{name}.weight", bias=f"{name}.bias")

    def _update(self, graph: GraphBuilder, layer: int, linear: str, value: str) -> str:
        """The product of a linear layer before a residual sum; its bias is added there if the form joins the two."""
        name = f"layer{layer}.{linear}"
        return graph.matmul(value, f"{name}.weight") if self.form.joined_norms else self._linear(graph, name, value)

    def _norm(self, graph: GraphBuilder, name: str, value: str) -> str:
        scale, bias = graph.weight(f"{name}.scale"), graph.weight(f"{name}.bias")
        return graph.op("LayerNormalization", value, scale, bias, axis=-1, epsilon=LAYER_NORM_EPSILON)

    def _skip_norm(
        self, graph: GraphBuilder, layer: int, norm: str, hidden: str, update: str, linear: str, linear_layer: int | None = None
    ) -> tuple[str, str]:
        """``hidden + update + bias of the linear``, normalised; returns the normalised and the plain sum."""
        name = f"layer{layer}.{norm}"
        if not self.form.joined_norms:
            summed = graph.op("Add", hidden, update)
            return self._norm(graph, name, summed), summed
        bias = graph.weight(f"layer{linear_layer or layer}.{linear}.bias")
        outputs = [f"{name}.normed", "", "", f"{name}.sum"]
        graph.multi(
            "SkipLayerNormalization",
            [hidden, update, graph.weight(f"{name}.scale"), graph.weight(f"{name}.bias"), bias],
            outputs,
            domain="com.microsoft",
            epsilon=LAYER_NORM_EPSILON,
        )
        return outputs[0], outputs[3]

    def _qkv(
        self, graph: GraphBuilder, layer: int, normed: str, names: Mapping[str, str] | None = None
    ) -> tuple[str, str, str]:
        """Queries, keys and values; ``names`` are for those that leave the graph."""
        outputs = [(names or {}).get(kind, f"layer{layer}.{kind}") for kind in ("query", "key", "value")]
        packed = self._linear(graph, f"layer{layer}.qkv", normed)
        graph.multi("Split", [packed, graph.indices(*[self.config.width] * 3)], outputs, axis=-1)
        return outputs[0], outputs[1], outputs[2]

    def _mix(self, graph: GraphBuilder, layer: int, query: str, key: str, value: str) -> str:
        """Attention and its output projection."""
        mixed = graph.fused("MultiHeadAttention", query, key, value, num_heads=self.config.heads)
        return self._update(graph, layer, "attention_out", mixed)

    def _feed_forward(self, graph: GraphBuilder, layer: int, normed: str) -> str:
        inner = graph.matmul(normed, f"layer{layer}.feed_forward_in.weight")
        inner = graph.fused("BiasGelu", inner, graph.weight(f"layer{layer}.feed_forward_in.bias"))
        return self._update(graph, layer, "feed_forward_out", inner)

    def _add_update(self, graph: GraphBuilder, layer: int, hidden: str, update: str, name: str | None = None) -> str:
        """The residual sum, in the order of the fused kernel."""
        if not self.form.joined_norms:
            return graph.op("Add", hidden, update, name=name)
        summed = graph.op("Add", hidden, update)
        return graph.op("Add", summed, graph.weight(f"layer{layer}.feed_forward_out.bias"), name=name)

    def _scores(self, graph: GraphBuilder, query: str, key: str) -> None:
        """Attention of the last rows onto all survivors from their own small product, beside the fused attention."""
        config = self.config
        head_width = config.width // config.heads
        by_head = graph.indices(1, -1, config.heads, head_width)
        rows = graph.op("Slice", query, graph.indices(-(config.words + config.queries)), graph.indices(LAST), graph.indices(1))
        rows = graph.op("Mul", rows, graph.scalar("score_scale", 1 / math.sqrt(head_width)))
        rows = graph.op("Transpose", graph.op("Reshape", rows, by_head), perm=[0, 2, 1, 3])
        keys = graph.op("Transpose", graph.op("Reshape", key, by_head), perm=[0, 2, 3, 1])
        attention = graph.op("Softmax", graph.op("MatMul", rows, keys), axis=-1)
        averaged = graph.op("ReduceMean", attention, axes=[1], keepdims=0)
        parts = ["text_rows", "action_rows"]
        graph.multi("Split", [averaged, graph.indices(config.words, config.queries)], parts, axis=1)
        for part, name in zip(parts, ["text_scores", "action_scores"], strict=True):
            graph.op("ReduceMean", part, name=name, axes=[0, 1], keepdims=0)
            graph.output(name, ["S"])

    def _head(self, graph: GraphBuilder, hidden: str) -> None:
        config = self.config
        rows = graph.op("Slice", hidden, graph.indices(-config.queries), graph.indices(LAST), graph.indices(1))
        actions = self._linear(graph, "action_head", self._norm(graph, "norm_out", rows))
        graph.op("Clip", actions, graph.scalar("action_min", -1.0), graph.scalar("action_max", 1.0), name="chunk")
        graph.output("chunk", [1, config.queries, ACTION_SIZE])


def stem_macs(config: PolicyConfig) -> int:
    """Multiply-accumulates of the convolutions for all views of one query."""
    first, second = config.stem_channels
    quarter, eighth = config.image_size // 4, config.image_size // 8
    per_view = quarter**2 * first * 3 * 16 + eighth**2 * second * first * 9 + eighth**2 * config.width * second * 9
    per_view += config.stem_blocks * 2 * eighth**2 * second**2 * 9
    return config.views * per_view


def head_macs(config: PolicyConfig) -> int:
    """Multiply-accumulates of the action head for one query."""
    return config.queries * config.width * ACTION_SIZE
