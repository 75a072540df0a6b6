"""Times the published dense graph against plain exports of the same weights, interleaved, in one process on one thread.

The baseline that pruning is measured against must be the fastest dense graph that there is; this tells how near ours is.
``--keep`` leaves all graphs in a folder, so that ``tools/bench/graphFiles.ts`` can time them in WebAssembly.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime.transformers import optimizer as fusion

from .bundle import config_of
from .model import Policy
from .onnx_graph import WEIGHTS_FILE
from .policy_graphs import DENSE, NATIVE
from .warm_start import PREFIX, read_policy_weights

INPUTS = ["images", "words", "proprio"]
WARM_UP = 5


def load_policy(folder: Path) -> Policy:
    """The policy of a model folder, as PyTorch runs it."""
    manifest = json.loads((folder / "manifest.json").read_text())
    config = config_of(manifest)
    policy = Policy(config)
    proprio = manifest["input"]["proprio"]
    policy.set_proprio_statistics(proprio["mean"], proprio["std"])
    weights = {name.removeprefix(PREFIX): values for name, values in read_policy_weights(folder, policy).items()}
    policy.load_state_dict(weights, strict=False)
    return policy.eval()


def example(policy: Policy) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Any observation; times do not depend on what it shows."""
    config = policy.config
    images = torch.rand(1, config.views, 3, config.image_size, config.image_size) * 2 - 1
    return images, torch.ones(1, config.words, dtype=torch.long), policy.proprio_mean[None].clone()


def export_plain(policy: Policy, inputs: tuple[torch.Tensor, ...], path: Path) -> None:
    """PyTorch's own export, without anything of ours."""
    torch.onnx.export(policy, inputs, str(path), input_names=INPUTS, output_names=["chunk"], opset_version=20, dynamo=True)


def fuse(source: Path, policy: Policy, path: Path) -> None:
    """The plain graph after onnxruntime's transformer fusions."""
    model = fusion.optimize_model(
        str(source), model_type="vit", num_heads=policy.config.heads, hidden_size=policy.config.width, opt_level=1
    )
    model.save_model_to_file(str(path))


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def feeds_of(session: onnxruntime.InferenceSession, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The observation in the shapes and types that a graph wants; ours takes one sample without the batch axis."""
    feeds = {}
    for entry in session.get_inputs():
        value = values[entry.name].astype(np.int32 if "int32" in entry.type else values[entry.name].dtype)
        feeds[entry.name] = value[0] if len(entry.shape) < value.ndim else value
    return feeds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="model folder, for example public/models/object")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder in which the graphs stay")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    policy = load_policy(arguments.model)
    inputs = example(policy)
    values = dict(zip(INPUTS, (tensor.numpy() for tensor in inputs), strict=True))
    with contextlib.nullcontext(arguments.keep) if arguments.keep else tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        plain, fused = folder / "plain.onnx", folder / "plain-fused.onnx"
        export_plain(policy, inputs, plain)
        fuse(plain, policy, fused)
        if arguments.keep:
            for file in (DENSE, NATIVE.file(DENSE), WEIGHTS_FILE):
                shutil.copy(arguments.model / file, folder)
        paths = {"ours": arguments.model / NATIVE.file(DENSE), "ours, the form for GPUs": arguments.model / DENSE, "PyTorch export": plain, "PyTorch export, fused by onnxruntime": fused}
        sessions = {key: open_session(path, arguments.threads) for key, path in paths.items()}
        with torch.no_grad():
            expected = policy(*inputs).numpy()
        times: dict[str, list[float]] = {key: [] for key in sessions}
        generator = np.random.default_rng(0)
        for round_ in range(-WARM_UP, arguments.rounds):
            for key in generator.permutation(list(sessions)):
                feeds = feeds_of(sessions[key], values)
                start = time.perf_counter()
                chunk = sessions[key].run(["chunk"], feeds)[0]
                elapsed = 1000 * (time.perf_counter() - start)
                if round_ >= 0:
                    times[key].append(elapsed)
                elif np.abs(chunk - expected).max() > 1e-3:
                    raise ValueError(f"{key} computes something else than PyTorch")
    medians = {key: float(np.median(values)) for key, values in times.items()}
    best = min(value for key, value in medians.items() if not key.startswith("ours"))
    print(json.dumps({"p50Ms": medians, "oursOverBest": medians["ours"] / best, "rounds": arguments.rounds}, indent=2))


if __name__ == "__main__":
    main()
