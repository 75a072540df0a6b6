"""A small ONNX writer: graphs whose weights all lie in one shared external file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

OPSET = 17
MICROSOFT_OPSET = 1
IR_VERSION = 8
ALIGNMENT = 64
WEIGHTS_FILE = "weights.bin"
SCALE_SUFFIX = ".scale"
"""Follows the name of an int8 matrix in the name of its column scales."""
INT8_MAX = 127
LAST = 2**31 - 1
"""End of an open slice."""


@dataclass(frozen=True)
class StoredWeight:
    """Where a weight lies in the shared file."""

    dtype: np.dtype
    shape: tuple[int, ...]
    offset: int
    length: int


class WeightStore:
    """Collects weights, aligned, for the one file that all graphs refer to."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._entries: dict[str, StoredWeight] = {}

    def add(self, name: str, values: np.ndarray, exact: bool = False) -> None:
        """Store a weight as fp16, or as fp32 if ``exact``."""
        array = np.ascontiguousarray(values, dtype=np.float32 if exact else np.float16)
        if not np.isfinite(array).all():
            raise ValueError(f"{name} does not fit its storage type")
        self._append(name, array)

    def add_quantized(self, name: str, matrix: np.ndarray) -> None:
        """Store a matrix ``[K, N]`` as int8 with one scale per column, symmetric, rounded to nearest."""
        scale = np.maximum(np.abs(matrix).max(axis=0), np.finfo(np.float32).tiny).astype(np.float32) / INT8_MAX
        self._append(name, np.clip(np.rint(matrix / scale), -INT8_MAX, INT8_MAX).astype(np.int8))
        self._append(name + SCALE_SUFFIX, scale)

    def _append(self, name: str, array: np.ndarray) -> None:
        self._bytes.extend(b"\0" * (-len(self._bytes) % ALIGNMENT))
        self._entries[name] = StoredWeight(array.dtype, array.shape, len(self._bytes), array.nbytes)
        self._bytes.extend(np.ascontiguousarray(array).tobytes())

    @property
    def size(self) -> int:
        """Bytes of the shared file."""
        return len(self._bytes)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __getitem__(self, name: str) -> StoredWeight:
        return self._entries[name]

    def write(self, folder: Path) -> None:
        """Write the shared file into a folder."""
        (folder / WEIGHTS_FILE).write_bytes(bytes(self._bytes))


@dataclass
class GraphBuilder:
    """Builds one graph; values are referred to by name."""

    name: str
    store: WeightStore
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initializers: list[onnx.TensorProto] = field(default_factory=list)
    inputs: list[onnx.ValueInfoProto] = field(default_factory=list)
    outputs: list[onnx.ValueInfoProto] = field(default_factory=list)
    _weights: dict[str, str] = field(default_factory=dict)
    _constants: dict[tuple[int, ...], str] = field(default_factory=dict)

    def input(self, name: str, shape: list[int | str], element: int = TensorProto.FLOAT) -> str:
        """Declare an input; string dimensions are dynamic."""
        self.inputs.append(helper.make_tensor_value_info(name, element, shape))
        return name

    def output(self, name: str, shape: list[int | str]) -> None:
        """Declare a float output."""
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def op(self, kind: str, *inputs: str, name: str | None = None, domain: str = "", **attributes: object) -> str:
        """Add a node with one output and return that output's name."""
        output = name or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, domain=domain, **attributes))
        return output

    def fused(self, kind: str, *inputs: str, **attributes: object) -> str:
        """Add a ``com.microsoft`` node with one output."""
        return self.op(kind, *inputs, domain="com.microsoft", **attributes)

    def multi(self, kind: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: object) -> None:
        """Add a node with several (possibly omitted) named outputs."""
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=f"{kind}_{len(self.nodes)}", domain=domain, **attributes))

    def matmul(self, value: str, name: str, bias: str | None = None) -> str:
        """``value @ weight (+ bias)``; with an int8 weight the rows of ``value`` are quantised on the fly, all by one scale."""
        if name + SCALE_SUFFIX in self.store:
            zero_point_and_bias = ["", self.weight(bias)] if bias else []
            scale = self.weight(name + SCALE_SUFFIX)
            return self.fused("DynamicQuantizeMatMul", value, self.weight(name), scale, *zero_point_and_bias)
        product = self.op("MatMul", value, self.weight(name))
        return self.op("Add", product, self.weight(bias)) if bias else product

    def weight(self, name: str) -> str:
        """A stored weight: int8 as it is, all others as an fp32 value (the cast is folded when a session loads the graph)."""
        if name not in self._weights:
            entry = self.store[name]
            tensor = onnx.TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(entry.dtype), dims=entry.shape)
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (("location", WEIGHTS_FILE), ("offset", entry.offset), ("length", entry.length)):
                tensor.external_data.add(key=key, value=str(value))
            self.initializers.append(tensor)
            as_it_is = entry.dtype in (np.float32, np.int8)
            self._weights[name] = name if as_it_is else self.op("Cast", name, name=f"{name}_fp32", to=TensorProto.FLOAT)
        return self._weights[name]

    def indices(self, *values: int) -> str:
        """A constant int64 vector for shape arguments (never computed with at run time)."""
        if values not in self._constants:
            name = f"indices_{len(self._constants)}"
            self.initializers.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], list(values)))
            self._constants[values] = name
        return self._constants[values]

    def scalar(self, name: str, value: float) -> str:
        """A constant float scalar; the same name is the same constant."""
        return self._constant(name, TensorProto.FLOAT, [], [value])

    def floats(self, name: str, values: Iterable[float]) -> str:
        """A constant float vector."""
        listed = [float(value) for value in values]
        return self._constant(name, TensorProto.FLOAT, [len(listed)], listed)

    def integers(self, name: str, values: Iterable[int]) -> str:
        """A constant int32 vector, for gathering."""
        listed = list(values)
        return self._constant(name, TensorProto.INT32, [len(listed)], listed)

    def _constant(self, name: str, element: int, shape: list[int], values: list[float] | list[int]) -> str:
        if all(tensor.name != name for tensor in self.initializers):
            self.initializers.append(helper.make_tensor(name, element, shape, values))
        return name

    def save(self, path: Path) -> None:
        """Check the graph and write it."""
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.initializers)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", MICROSOFT_OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="specprune_train")
        path.write_bytes(model.SerializeToString())
