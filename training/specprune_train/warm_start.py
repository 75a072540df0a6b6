"""Reads the weights of an exported model folder back, so that training can go on from what was published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper
from torch import Tensor

from .model import Policy
from .policy_graphs import DENSE

PREFIX = "policy."
EMBEDDING = tuple(f"{PREFIX}{part}" for part in ("stem.", "positions", "cameras", "proprio_in.", "proprio_out.", "word_"))
"""Names of what comes before layer 1, but for the action queries."""
_RENAMED = {"scale": "weight"}
"""Parts of norms that are named differently in the graphs."""
_STEM_OF_OLD = {"stem.0": "stem.quarter", "stem.2": "stem.eighth", "stem.4": "stem.project"}
"""Names in models that were exported before the stem could have residual blocks."""


def read_policy_weights(folder: Path, policy: Policy) -> dict[str, Tensor]:
    """The policy's parameters as entries of a training model's state; rounded to fp16 by the export.

    Each has the receiver's shape, or a smaller one of the same rank where the receiver knows more words or has more
    places for them: see :func:`grown`.

    :param policy: the receiver; its proprioceptive statistics undo the normalisation that the export folded in
    :raises ValueError: if a stored weight fits neither way
    """
    return {name: _fitted(name, values, policy) for name, values in _unfolded(folder, policy).items()}


def read_embedding(folder: Path, policy: Policy) -> dict[str, Tensor]:
    """What turns images, words and proprioception into tokens, as :func:`read_policy_weights`; the action queries are not of
    it. The receiver may have another number of layers.

    :raises ValueError: if a stored weight has another shape than the receiver's
    """
    own = policy.state_dict()
    embedding = {}
    for name, values in _unfolded(folder, policy).items():
        if name.startswith(EMBEDDING):
            embedding[name] = _fitted(name, values, policy)
            if embedding[name].shape != own[name.removeprefix(PREFIX)].shape:
                raise _misfit(name, values, own[name.removeprefix(PREFIX)].shape)
    return embedding


def _unfolded(folder: Path, policy: Policy) -> dict[str, Tensor]:
    """The stored weights by the model's names, with the normalisation of proprioception taken out of them."""
    stored = _read_initializers(folder)
    weights = {PREFIX + _parameter_name(name): _oriented(name, values) for name, values in stored.items()}
    folded = weights[f"{PREFIX}proprio_in.weight"]
    mean, std = policy.proprio_mean, policy.proprio_std
    weights[f"{PREFIX}proprio_in.bias"] = weights[f"{PREFIX}proprio_in.bias"] + folded @ mean
    weights[f"{PREFIX}proprio_in.weight"] = folded * std
    return weights


def _read_initializers(folder: Path) -> dict[str, np.ndarray]:
    """Every weight of the dense graph that lies in the shared file."""
    graph = onnx.load(folder / DENSE, load_external_data=False).graph
    found = {}
    for tensor in graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            place = {entry.key: entry.value for entry in tensor.external_data}
            dtype = helper.tensor_dtype_to_np_dtype(tensor.data_type)
            count = int(place["length"]) // dtype.itemsize
            values = np.fromfile(folder / place["location"], dtype, count, offset=int(place["offset"]))
            found[tensor.name] = values.reshape(tuple(tensor.dims)).astype(np.float32)
    return found


def _parameter_name(name: str) -> str:
    """The graph's name of a weight to the model's."""
    for old, new in _STEM_OF_OLD.items():
        if name.startswith(f"{old}."):
            return name.replace(old, new, 1)
    if name == "word_embedding":
        return "word_embedding.weight"
    if name.startswith("stem.block"):
        block, part, kind = name.removeprefix("stem.block").split(".")
        return f"stem.blocks.{int(block) - 1}.{part}.{kind}"
    if name.startswith("layer"):
        layer, rest = name.removeprefix("layer").split(".", 1)
        name = f"blocks.{int(layer) - 1}.{rest}"
    part, _, kind = name.rpartition(".")
    return f"{part}.{_RENAMED[kind]}" if kind in _RENAMED else name


def _oriented(name: str, values: np.ndarray) -> Tensor:
    """Linear weights are stored transposed."""
    linear = name.endswith(".weight") and not name.startswith("stem.")
    return torch.from_numpy(np.ascontiguousarray(values.T if linear else values))


def _fitted(name: str, values: Tensor, policy: Policy) -> Tensor:
    expected = policy.state_dict()[name.removeprefix(PREFIX)].shape
    if values.numel() == expected.numel():
        return values.reshape(expected)
    if values.ndim != len(expected):
        raise _misfit(name, values, expected)
    return values


def grown(source: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights of a smaller model in a larger one's shapes: more words, longer instructions and more referents come
    after those that it knows.

    :param own: the receiver's state; what the source has nothing for keeps its values
    :raises ValueError: if the source is the larger one somewhere
    """
    weights = {}
    for name, values in source.items():
        if name not in own or values.ndim != own[name].ndim:
            continue
        if any(small > large for small, large in zip(values.shape, own[name].shape, strict=True)):
            raise _misfit(name, values, own[name].shape)
        weights[name] = own[name].clone()
        weights[name][tuple(slice(size) for size in values.shape)] = values.to(own[name].device)
    return weights


def _misfit(name: str, values: Tensor, expected: torch.Size) -> ValueError:
    return ValueError(f"{name} has shape {tuple(values.shape)}; this policy has room for {tuple(expected)}")
