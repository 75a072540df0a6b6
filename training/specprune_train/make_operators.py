"""Writes the operators of one layer as ONNX files of their own, in the policy's shapes, to see where a dense query's time goes.

    PYTHONPATH=training python -m specprune_train.make_operators --out work/operators
    npx tsx tools/bench/graphFiles.ts --backend wasm work/operators/*.onnx

Each file holds one operator of one layer; a layer of the fp32 graph has each of the four products, the attention, two of the
norms and the GELU. What int8 leaves as it is (attention, norms, GELU) bounds what int8 can win.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from .model import LAYER_NORM_EPSILON, PolicyConfig
from .onnx_graph import GraphBuilder, WeightStore


class OperatorFiles:
    """One graph for each operator, all on random weights of one file."""

    def __init__(self, config: PolicyConfig, tokens: int, seed: int) -> None:
        self.config = config
        self.tokens = tokens
        self.store = WeightStore()
        self.graphs: dict[str, GraphBuilder] = {}
        self.random = np.random.default_rng(seed)
        width, inner = config.width, config.feed_forward
        self.products = {"qkv": (width, 3 * width), "out": (width, width), "in": (width, inner), "down": (inner, width)}
        self._collect_weights()
        self._build()

    def write(self, folder: Path) -> None:
        """Write all graphs and their weights."""
        folder.mkdir(parents=True, exist_ok=True)
        self.store.write(folder)
        for name, graph in self.graphs.items():
            graph.save(folder / f"{name}.onnx")

    def _values(self, *shape: int) -> np.ndarray:
        return self.random.standard_normal(shape).astype(np.float32) / np.sqrt(shape[0])

    def _collect_weights(self) -> None:
        for name, shape in self.products.items():
            matrix = self._values(*shape)
            self.store.add(name, matrix, exact=True)
            self.store.add_quantized(f"{name}.int8", matrix)
        for name, size in (("scale", self.config.width), ("bias", self.config.width), ("inner.bias", self.config.feed_forward)):
            self.store.add(name, self._values(size), exact=True)

    def _graph(self, name: str, *columns: int) -> tuple[GraphBuilder, list[str]]:
        graph = self.graphs[name] = GraphBuilder(name, self.store)
        return graph, [graph.input(f"x{index}", [1, self.tokens, width]) for index, width in enumerate(columns)]

    def _end(self, graph: GraphBuilder, value: str, width: int) -> None:
        graph.op("Identity", value, name="y")
        graph.output("y", [1, self.tokens, width])

    def _build(self) -> None:
        width, inner = self.config.width, self.config.feed_forward
        for name, (rows, columns) in self.products.items():
            for suffix in ("", ".int8"):
                graph, (value,) = self._graph(f"product-{name}{suffix}", rows)
                self._end(graph, graph.matmul(value, f"{name}{suffix}"), columns)
        graph, values = self._graph("attention", width, width, width)
        self._end(graph, graph.fused("MultiHeadAttention", *values, num_heads=self.config.heads), width)
        for kind in ("BiasGelu", "FastGelu"):
            graph, (value,) = self._graph(f"gelu-{kind}", inner)
            self._end(graph, graph.fused(kind, value, graph.weight("inner.bias")), inner)
        graph, (value, update) = self._graph("norm-joined", width, width)
        norm = {"epsilon": LAYER_NORM_EPSILON}
        outputs = ["normed", "", "", "sum"]
        inputs = [value, update, graph.weight("scale"), graph.weight("bias")]
        graph.multi("SkipLayerNormalization", inputs, outputs, domain="com.microsoft", **norm)
        self._end(graph, "normed", width)
        graph, (value, update) = self._graph("norm-separate", width, width)
        summed = graph.op("Add", value, update, name="sum")
        # Somebody else needs the sum as well, as in a layer; otherwise onnxruntime joins the two again.
        graph.output("sum", [1, self.tokens, width])
        normed = graph.op("LayerNormalization", summed, graph.weight("scale"), graph.weight("bias"), axis=-1, **norm)
        self._end(graph, normed, width)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("work/operators"))
    parser.add_argument("--tokens", type=int, default=541, help="rows; 541 is dense")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    OperatorFiles(PolicyConfig(vocabulary_size=2, proprio_size=1), arguments.tokens, arguments.seed).write(arguments.out)
    print(arguments.out)


if __name__ == "__main__":
    main()
