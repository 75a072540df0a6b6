"""A model folder as the page loads it: graphs, weights, golden vectors, manifest."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .fused_graph import FusedPlan
from .model import Policy, PolicyConfig
from .onnx_graph import WEIGHTS_FILE
from .policy_graphs import (
    DENSE,
    EMBED,
    FUSED,
    HEAD,
    INT8,
    NATIVE,
    PORTABLE,
    GraphForm,
    PolicyGraphs,
    head_macs,
    layer_file,
    reuse_file,
    round_to_half,
    stem_macs,
    store_weights,
)

MANIFEST_VERSION = 1
GOLDEN_VERSION = 1
GOLDEN_FILE = "golden.json"
TWIN_SUFFIX = "-int8"
PROCESSOR_BACKENDS = ("wasm-threads", "wasm")
VIEWS = ("front", "wrist")
PIXEL_SCALE, PIXEL_OFFSET = 2.0, -1.0
ACTION_FIELDS = ["dx", "dy", "dz", "droll", "dpitch", "dyaw", "gripper"]
ACTION_UNITS = ["m", "m", "m", "rad", "rad", "rad", "command"]
ACTION_SCALE = [0.025, 0.025, 0.025, 0.15, 0.15, 0.15, 1.0]


@dataclass(frozen=True)
class Tolerance:
    """Largest absolute difference from PyTorch, in action units and in attention mass."""

    chunk: float
    score: float
    missed: float
    """Largest share of tokens in which the fused graph's choice may differ from the layers'."""


TOLERANCES = {"fp16": Tolerance(1e-3, 2e-4, 0.0), "int8": Tolerance(0.1, 0.05, 0.1)}
"""By storage of the weights. int8 is judged by closed loop; its golden vectors only tell that it runs as exported. Where
rounding moves an activation to the next of 256 levels, scores move with it, so near the cut other tokens may stay."""


@dataclass(frozen=True)
class Sample:
    """One observation as the page would have it."""

    name: str
    images: np.ndarray
    """uint8 ``[views, size, size, 3]``"""
    words: np.ndarray
    """int32 ``[words]``"""
    proprio: np.ndarray
    """float32, raw"""


@dataclass(frozen=True)
class Description:
    """What a manifest says beside the numbers of the model itself."""

    id: str
    title: str
    suites: Sequence[str]
    vocabulary: Sequence[str]
    proprio_fields: Sequence[dict[str, str]]
    """Name and unit of every proprioceptive value."""
    training: dict[str, Any] = field(default_factory=dict)
    prefers_twin: bool = False
    """Whether a page runs the int8 twin on processors; for weights whose twin succeeds as often in closed loop."""


def scale_images(images: np.ndarray) -> torch.Tensor:
    """Bytes ``[..., size, size, 3]`` to the policy's ``[..., 3, size, size]``."""
    pixels = torch.from_numpy(np.ascontiguousarray(images)).float()
    return (pixels / 255 * PIXEL_SCALE + PIXEL_OFFSET).movedim(-1, -3)


def sample_tensors(sample: Sample) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Images, words and proprioception of a sample as a batch of one."""
    words = torch.from_numpy(sample.words.astype(np.int64))[None]
    return scale_images(sample.images)[None], words, torch.from_numpy(sample.proprio.astype(np.float32))[None]


def twin_folder(folder: Path) -> Path:
    """Folder of the same policy with int8 matrices."""
    return folder.with_name(f"{folder.name}{TWIN_SUFFIX}")


def write_bundle(
    policy: Policy,
    description: Description,
    samples: Sequence[Sample],
    folder: Path,
    storage: str = "fp16",
    twin: str | None = None,
) -> Policy:
    """Write a model folder and return the rounded policy that its golden vectors come from.

    :param storage: of the layers' matrices, ``fp16`` or ``int8``; with int8 the golden vectors are still those of fp16
    :param twin: id of the same policy with int8 matrices, written beside this one
    """
    rounded = round_to_half(policy)
    plan = FusedPlan.of_depth(policy.config.layers)
    _write_graphs(rounded, storage, folder, plan)
    golden = _golden(rounded, samples, description.vocabulary, TOLERANCES[storage])
    (folder / GOLDEN_FILE).write_text(json.dumps(golden))
    manifest = _manifest(rounded, description, folder, storage, plan)
    if twin is not None:
        manifest["variants"] = {"int8": twin}
        if description.prefers_twin:
            manifest["preferredStorage"] = {backend: "int8" for backend in PROCESSOR_BACKENDS}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return rounded


def config_of(manifest: dict[str, Any]) -> PolicyConfig:
    """The shape of the policy that a manifest describes."""
    shape, inputs = manifest["model"], manifest["input"]
    visual = next(segment for segment in manifest["layout"]["segments"] if segment["kind"] == "visual")
    counts = {segment["kind"]: segment.get("count") for segment in manifest["layout"]["segments"]}
    return PolicyConfig(
        rows=visual["rows"],
        columns=visual["columns"],
        image_size=inputs["imageSize"],
        vocabulary_size=len(inputs["vocabulary"]),
        proprio_size=len(inputs["proprio"]["fields"]),
        layers=shape["layers"],
        width=shape["width"],
        heads=shape["heads"],
        feed_forward=shape["feedForward"],
        words=counts["text"],
        queries=counts["action"],
        stem_blocks=shape.get("stemBlocks", 0),
        stem_channels=tuple(shape.get("stemChannels", PolicyConfig.stem_channels)),
    )


def forms_of(storage: str) -> list[GraphForm]:
    """The forms of the graphs that somebody runs with weights in this storage, the page's first."""
    return [INT8] if storage == "int8" else [PORTABLE, NATIVE]


def _write_graphs(policy: Policy, storage: str, folder: Path, plan: FusedPlan) -> None:
    store = store_weights(policy, int8=storage == "int8")
    first, *others = (PolicyGraphs(policy.config, store, plan, form) for form in forms_of(storage))
    first.write(folder)
    for graphs in others:
        graphs.write_layers(folder)


def write_graphs_again(folder: Path) -> None:
    """Replace the graphs of a model folder by those that this code writes; weights and golden vectors stay.

    :raises ValueError: if the folder's weight file is not laid out as this code would
    """
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    config, storage = config_of(manifest), manifest["weights"]["storage"]
    plan = FusedPlan.of_depth(config.layers)
    store = store_weights(Policy(config), int8=storage == "int8")
    if store.size != manifest["weights"]["bytes"]:
        raise ValueError(f"{folder}: the weights are not laid out as this code does")
    for form in forms_of(storage):
        PolicyGraphs(config, store, plan, form).write_layers(folder)
    manifest["graphs"] |= _graph_files(config, storage, folder, plan)
    path.write_text(json.dumps(manifest, indent=2) + "\n")


def _graph_files(config: PolicyConfig, storage: str, folder: Path, plan: FusedPlan) -> dict[str, Any]:
    first, *others = (_graphs_with_layers(config, folder, plan, form) for form in forms_of(storage))
    return {**first, **({"native": others[0]} if others else {}), "embed": _file(folder, EMBED), "head": _file(folder, HEAD)}


def _graphs_with_layers(config: PolicyConfig, folder: Path, plan: FusedPlan, form: GraphForm) -> dict[str, Any]:
    layers = range(1, config.layers + 1)
    return {
        "dense": _file(folder, form.file(DENSE)),
        "layers": [_file(folder, form.file(layer_file(layer))) for layer in layers],
        "fused": _fused(folder, form.file(FUSED), plan),
        "reuse": [_file(folder, form.file(reuse_file(layer))) for layer in layers],
    }


def _fused(folder: Path, name: str, plan: FusedPlan) -> dict[str, Any]:
    return {
        **_file(folder, name),
        "staticLayer": plan.static_layer,
        "localLayers": list(plan.local_layers),
        "averageLayers": plan.average_layers,
        "stageLayers": list(plan.stage_layers),
        "scoreLayers": plan.score_layers,
    }


def _base64(values: np.ndarray | torch.Tensor, dtype: str) -> str:
    return base64.b64encode(np.asarray(values).astype(dtype).tobytes()).decode("ascii")


def _golden(
    policy: Policy, samples: Sequence[Sample], vocabulary: Sequence[str], tolerance: Tolerance
) -> dict[str, Any]:
    cases = []
    for sample in samples:
        images, words, proprio = sample_tensors(sample)
        with torch.no_grad():
            chunk = policy(images, words, proprio)
            _, scores = policy.layered(policy.embed(images, words, proprio), [None] * policy.config.layers)
        cases.append(
            {
                "name": sample.name,
                "images": _base64(sample.images, "|u1"),
                "instruction": " ".join(vocabulary[word] for word in sample.words if word != 0),
                "proprio": _base64(sample.proprio, "<f4"),
                "chunk": _base64(chunk[0], "<f4"),
                "textScores": _base64(torch.stack([text for text, _ in scores]), "<f4"),
                "actionScores": _base64(torch.stack([action for _, action in scores]), "<f4"),
            }
        )
    return {
        "version": GOLDEN_VERSION,
        "cases": cases,
        "chunkTolerance": tolerance.chunk,
        "scoreTolerance": tolerance.score,
    }


def _file(folder: Path, name: str) -> dict[str, Any]:
    content = (folder / name).read_bytes()
    return {"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _layout(config: PolicyConfig) -> dict[str, Any]:
    segments: list[dict[str, Any]] = [
        {"kind": "visual", "view": view, "start": index * config.patches, "rows": config.rows, "columns": config.columns}
        for index, view in enumerate(VIEWS[: config.views])
    ]
    start = config.visual_tokens
    for kind, count in (("proprio", 1), ("text", config.words), ("action", config.queries)):
        segments.append({"kind": kind, "start": start, "count": count})
        start += count
    return {"segments": segments, "length": start}


def _manifest(
    policy: Policy, description: Description, folder: Path, storage: str, plan: FusedPlan
) -> dict[str, Any]:
    config = policy.config
    return {
        "version": MANIFEST_VERSION,
        "id": description.id,
        "title": description.title,
        "license": "MIT",
        "suites": list(description.suites),
        "layout": _layout(config),
        "model": {
            "layers": config.layers,
            "width": config.width,
            "heads": config.heads,
            "feedForward": config.feed_forward,
            "parameters": sum(parameter.numel() for parameter in policy.parameters()),
            "stemBlocks": config.stem_blocks,
            "stemChannels": list(config.stem_channels),
            "stemMacs": stem_macs(config),
            "headMacs": head_macs(config),
        },
        "input": {
            "imageSize": config.image_size,
            "pixelScale": PIXEL_SCALE,
            "pixelOffset": PIXEL_OFFSET,
            "vocabulary": list(description.vocabulary),
            "proprio": {
                "fields": [entry["name"] for entry in description.proprio_fields],
                "units": [entry["unit"] for entry in description.proprio_fields],
                "mean": policy.proprio_mean.tolist(),
                "std": policy.proprio_std.tolist(),
            },
        },
        "action": {"chunk": config.queries, "fields": ACTION_FIELDS, "units": ACTION_UNITS, "scale": ACTION_SCALE},
        "weights": {**_file(folder, WEIGHTS_FILE), "storage": storage},
        "graphs": _graph_files(config, storage, folder, plan),
        "golden": _file(folder, GOLDEN_FILE),
        "training": description.training,
    }
