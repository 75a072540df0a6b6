"""Writes a trained policy as a model folder of the page and checks it against PyTorch."""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from .bundle import TOLERANCES, TWIN_SUFFIX, Description, Sample, twin_folder, write_bundle
from .checkpoint import Checkpoint, averaged_model, load_checkpoint
from .model import Policy
from .parity import check_parity
from .policy_graphs import FULL_MANTISSA, shorten_mantissas
from .samples import draw_sample, held_out_samples
from .settings import read_layers

REAL_SAMPLES = 2
LARGEST_DOWNLOAD = 14_000_000
"""Bytes of a model folder that a page may be asked to load."""
ABLATIONS = ("no_mask_loss", "no_grounding_loss", "no_attribute_loss", "no_orientation_loss", "no_relation_loss", "no_static", "no_switches")


def _git_commit() -> str:
    result = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent)
    return result.stdout.strip() or "unknown"


def _processor() -> str:
    """The processor's model, without anything that names the machine."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def _provenance(checkpoint: Checkpoint) -> dict[str, Any]:
    settings, state = checkpoint.settings, checkpoint.state
    return {
        "kind": "behaviour cloning with grounding losses",
        "seed": settings["seed"],
        "steps": state.step,
        "samples": state.samples,
        "coarseSamples": state.coarse_samples,
        "minutes": round(state.elapsed_s / 60, 1),
        "auxiliaryLayer": checkpoint.config.aux_layer,
        "learningRate": settings["learning_rate"],
        "suites": checkpoint.data.get("suites", [checkpoint.data["suite"]]),
        **({"trainedLayers": settings["train_layers"]} if settings.get("train_layers") else {}),
        **({"embeddingFrom": Path(settings["embedding_from"]).name} if settings.get("embedding_from") else {}),
        "without": [name for name in ABLATIONS if settings.get(name)],
        "data": checkpoint.data["sources"],
        "machine": f"{_processor()}, {settings['workers']} process(es), {settings['device']}, {_numbers(settings)}",
        "torch": torch.__version__,
        "commit": _git_commit(),
    }


def _numbers(settings: dict[str, Any]) -> str:
    return "float32" if settings.get("precision") == "float32" else "bfloat16 autocast"


def export_checkpoint(
    path: Path,
    out: Path,
    model_id: str,
    title: str,
    data: Path | None,
    storage: str = "fp16",
    twin: bool = False,
    prefers_twin: bool = False,
    mantissa_bits: int = FULL_MANTISSA,
) -> Policy:
    """Write and check a model folder; returns the rounded policy.

    :param twin: also write the same policy with int8 matrices into the folder beside it
    :param prefers_twin: say in the manifest that processors run the twin
    :param mantissa_bits: of the weights of the layers that were trained (see :func:`shorten_mantissas`)
    """
    checkpoint = load_checkpoint(path)
    policy = averaged_model(checkpoint).policy
    if mantissa_bits < FULL_MANTISSA:
        count = policy.config.layers
        shorten_mantissas(policy, read_layers(checkpoint.settings.get("train_layers") or f"1-{count}", count), mantissa_bits)
    vocabulary = checkpoint.data["vocabulary"]
    samples = held_out_samples(data, REAL_SAMPLES) if data else []
    instruction = " ".join(vocabulary[1 : 1 + policy.config.words])
    samples += [draw_sample(policy, vocabulary, instruction, seed) for seed in range(REAL_SAMPLES + 1 - len(samples))]
    description = Description(
        id=model_id,
        title=title,
        suites=checkpoint.data.get("suites", [checkpoint.data["suite"]]),
        vocabulary=vocabulary,
        proprio_fields=checkpoint.data["proprioFields"],
        training=_provenance(checkpoint),
        prefers_twin=prefers_twin,
    )
    twin_id = _write_twin(policy, description, samples, out) if twin else None
    return _write_checked(policy, description, samples, out, storage, twin_id)


def _write_twin(policy: Policy, description: Description, samples: list[Sample], out: Path) -> str | None:
    """Write the int8 twin and return its id; a twin that is too large to download goes again."""
    folder = twin_folder(out)
    beside = replace(description, id=description.id + TWIN_SUFFIX, title=f"{description.title} (int8)")
    _write_checked(policy, beside, samples, folder, "int8", None)
    if _size(folder) <= LARGEST_DOWNLOAD:
        return beside.id
    shutil.rmtree(folder)
    return None


def _write_checked(
    policy: Policy, description: Description, samples: list[Sample], out: Path, storage: str, twin: str | None
) -> Policy:
    rounded = write_bundle(policy, description, samples, out, storage, twin)
    report = check_parity(rounded, out, samples, storage)
    print(description.id, report)
    report.assert_within(TOLERANCES[storage])
    size = _size(out)
    verdict = "" if size <= LARGEST_DOWNLOAD else f", more than the {LARGEST_DOWNLOAD / 1e6:.0f} MB that a page should load"
    print(f"{out}: {size / 1e6:.1f} MB{verdict}")
    return rounded


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="public/models/<id>")
    parser.add_argument("--id", required=True)
    parser.add_argument("--title", help="shown in the page")
    parser.add_argument("--data", type=Path, help="data folder whose held-out scenes become golden vectors")
    parser.add_argument("--storage", choices=sorted(TOLERANCES), default="fp16", help="of the layers' matrices")
    parser.add_argument(
        "--int8-twin",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="also write the policy with int8 matrices to <out>-int8 (default: with fp16 storage)",
    )
    parser.add_argument(
        "--prefer-int8",
        action="store_true",
        help="the page runs the twin on processors; only where its closed loop has been measured to hold",
    )
    parser.add_argument(
        "--mantissa-bits",
        type=int,
        choices=range(3, FULL_MANTISSA + 1),
        default=FULL_MANTISSA,
        help="of the weights of the trained layers: fewer compress better",
    )
    arguments = parser.parse_args()
    # Threads that wait for each other take minutes instead of seconds on a busy machine.
    torch.set_num_threads(1)
    title = arguments.title or arguments.id
    export_checkpoint(
        arguments.checkpoint,
        arguments.out,
        arguments.id,
        title,
        arguments.data,
        arguments.storage,
        arguments.storage == "fp16" if arguments.int8_twin is None else arguments.int8_twin,
        arguments.prefer_int8,
        arguments.mantissa_bits,
    )


if __name__ == "__main__":
    main()
