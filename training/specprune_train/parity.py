"""Checks a model folder: its ONNX graphs against PyTorch and against each other."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper

from .bundle import Sample, Tolerance, forms_of, sample_tensors
from .model import Policy
from .onnx_graph import WEIGHTS_FILE, GraphBuilder, WeightStore
from .fused_parity import check_fused, check_reuse
from .policy_graphs import DENSE, EMBED, HEAD, GraphForm, layer_file

PRUNED_AFTER_LAYERS = (2, 3)
PRUNED_SHARE = 0.3


@dataclass(frozen=True)
class ParityReport:
    """Largest absolute differences over all samples."""

    dense_chunk: float
    """ONNX dense against PyTorch."""
    layered_chunk: float
    """The chain of layers, everything kept, against ONNX dense."""
    scores: float
    """Both rows of attention against PyTorch, everything kept."""
    pruned_chunk: float
    """The chain with rows removed against PyTorch with the same rows removed."""
    pruned_scores: float
    fused_chunk: float
    """The fused graph against the chain with the removals that a reference decided."""
    fused_missed: float
    """Share of the reference's kept tokens that the fused graph did not keep."""
    reuse_chunk: float
    """The chain with some rows' keys and values from a cache of the same observation, against the chain without."""

    def assert_within(self, tolerance: Tolerance) -> None:
        """:raises ValueError: if a difference is larger than the golden vectors allow"""
        chunks = max(self.dense_chunk, self.layered_chunk, self.pruned_chunk, self.fused_chunk, self.reuse_chunk)
        scores = max(self.scores, self.pruned_scores)
        if chunks > tolerance.chunk or scores > tolerance.score or self.fused_missed > tolerance.missed:
            raise ValueError(f"the exported graphs differ from PyTorch: {self}")


class OnnxPolicy:
    """Runs the graphs of a model folder, in one form, with onnxruntime on one thread."""

    def __init__(self, folder: Path, layers: int, form: GraphForm) -> None:
        self.form = form
        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = 1

        def session(name: str) -> onnxruntime.InferenceSession:
            return onnxruntime.InferenceSession(folder / name, self.options, providers=["CPUExecutionProvider"])

        self.dense_session = session(form.file(DENSE))
        self.embed_session = session(EMBED)
        self.layer_sessions = [session(form.file(layer_file(layer))) for layer in range(1, layers + 1)]
        self.head_session = session(HEAD)

    def dense(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """The chunk from the one dense graph."""
        return self.dense_session.run(["chunk"], inputs)[0]

    def layered(
        self, inputs: dict[str, np.ndarray], keeps: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
        """The chunk and the scores from the layer graphs with rows removed before each layer."""
        hidden = self.embed_session.run(["hidden"], inputs)[0]
        scores = []
        for session, keep in zip(self.layer_sessions, keeps, strict=True):
            feeds = {"hidden": hidden, "keep": keep}
            hidden, text, action = session.run(["hidden_out", "text_scores", "action_scores"], feeds)
            scores.append((text, action))
        return self.head_session.run(["chunk"], {"hidden": hidden})[0], scores


def _keep_all(policy: Policy) -> list[np.ndarray]:
    return [np.arange(policy.config.length, dtype=np.int32)] * policy.config.layers


def _keep_some(policy: Policy, generator: np.random.Generator) -> list[np.ndarray]:
    """Random removals of visual rows after the first layers; the fixed rows always stay."""
    length, keeps = policy.config.length, []
    fixed = length - policy.config.visual_tokens
    for layer in range(policy.config.layers):
        visual = length - fixed
        kept = np.arange(visual)
        if layer in PRUNED_AFTER_LAYERS:
            kept = np.sort(generator.choice(visual, max(1, int(visual * PRUNED_SHARE)), replace=False))
        keeps.append(np.concatenate([kept, np.arange(visual, length)]).astype(np.int32))
        length = len(keeps[-1])
    return keeps


def _score_difference(
    ours: Sequence[tuple[np.ndarray, np.ndarray]], torch_scores: Sequence[tuple[torch.Tensor, torch.Tensor]]
) -> float:
    differences = [
        np.abs(mine - theirs.numpy()).max()
        for pair, torch_pair in zip(ours, torch_scores, strict=True)
        for mine, theirs in zip(pair, torch_pair, strict=True)
    ]
    return float(max(differences))


def with_float_products(folder: Path, target: Path) -> Path:
    """A copy of an int8 folder in which the int8 matrices are multiplied as floats: everything of the export but rounded activations.

    Native products of bytes cut off sums at 16 bits on processors without VNNI instructions. WebAssembly, for which the twin is made, does not,
    so such a processor cannot judge the graphs themselves.
    """
    shutil.copy(folder / WEIGHTS_FILE, target)
    for path in folder.glob("*.onnx"):
        model = onnx.load(path, load_external_data=False)
        nodes = [part for node in model.graph.node for part in _float_product(node)]
        del model.graph.node[:]
        model.graph.node.extend(nodes)
        onnx.save(model, target / path.name)
    return target


def _float_product(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    if node.op_type != "DynamicQuantizeMatMul":
        return [node]
    value, matrix, scale, *rest = node.input
    output = node.output[0]
    bias = rest[1] if len(rest) > 1 else None
    product = f"{output}.product" if bias else output
    nodes = [
        helper.make_node("DequantizeLinear", [matrix, scale], [f"{output}.matrix"], axis=1),
        helper.make_node("MatMul", [value, f"{output}.matrix"], [product]),
    ]
    return [*nodes, helper.make_node("Add", [product, bias], [output])] if bias else nodes


def int8_saturates() -> bool:
    """Whether native products of bytes are cut off on this processor (see :func:`with_float_products`)."""
    store = WeightStore()
    store.add_quantized("weight", np.ones((64, 16), dtype=np.float32))
    graph = GraphBuilder("saturation", store)
    graph.op("Identity", graph.matmul(graph.input("x", [1, 64]), "weight"), name="y")
    graph.output("y", [1, 16])
    with tempfile.TemporaryDirectory() as name:
        store.write(Path(name))
        graph.save(Path(name) / "graph.onnx")
        session = onnxruntime.InferenceSession(Path(name) / "graph.onnx", providers=["CPUExecutionProvider"])
        product = session.run(["y"], {"x": np.ones((1, 64), dtype=np.float32)})[0]
    return bool(np.abs(product - 64).max() > 1)


def check_parity(policy: Policy, folder: Path, samples: Sequence[Sample], storage: str = "fp16") -> ParityReport:
    """Compare a model folder, in every form of its graphs, with the (rounded) policy that it was written from."""
    with tempfile.TemporaryDirectory() as name:
        if storage == "int8" and int8_saturates():
            print("int8 products saturate on this processor: the int8 matrices are checked in float products")
            folder = with_float_products(folder, Path(name))
        rows = [row for form in forms_of(storage) for row in _differences(policy, folder, samples, form)]
    return ParityReport(*np.max(np.array(rows), axis=0).tolist())


def _differences(policy: Policy, folder: Path, samples: Sequence[Sample], form: GraphForm) -> list[tuple[float, ...]]:
    """The values of a :class:`ParityReport` for every sample."""
    onnx_policy = OnnxPolicy(folder, policy.config.layers, form)
    rows = []
    for index, sample in enumerate(samples):
        images, words, proprio = sample_tensors(sample)
        inputs = {"images": images[0].numpy(), "words": words.numpy().astype(np.int32), "proprio": proprio.numpy()}
        with torch.no_grad():
            chunk = policy(images, words, proprio).numpy()
            hidden = policy.embed(images, words, proprio)
        dense = onnx_policy.dense(inputs)
        kept_all, scores = onnx_policy.layered(inputs, _keep_all(policy))
        keeps = _keep_some(policy, np.random.default_rng(index))
        pruned, pruned_scores = onnx_policy.layered(inputs, keeps)
        _, torch_scores = policy.layered(hidden, [None] * policy.config.layers)
        torch_pruned, torch_pruned_scores = policy.layered(hidden, [torch.from_numpy(keep).long() for keep in keeps])
        rows.append(
            (
                float(np.abs(dense - chunk).max()),
                float(np.abs(kept_all - dense).max()),
                _score_difference(scores, torch_scores),
                float(np.abs(pruned - torch_pruned.numpy()).max()),
                _score_difference(pruned_scores, torch_pruned_scores),
                *check_fused(onnx_policy, policy.config, folder, inputs, index),
                check_reuse(onnx_policy, policy.config, folder, inputs, index),
            )
        )
    return rows
