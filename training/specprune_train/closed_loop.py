"""Plays the policy of a running training closed loop, by the Node evaluator on an export of it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from .bundle import Description, write_bundle
from .checkpoint import Checkpoint, averaged_model
from .samples import draw_sample

REPOSITORY = Path(__file__).resolve().parents[2]


def evaluate_closed_loop(checkpoint: Checkpoint, suites: str, seeds: str, execute: int, wording: str) -> dict[str, Any]:
    """Success of the averaged weights by suite, as the log of a training has it.

    :raises RuntimeError: with the evaluator's complaint if it fails
    """
    return {
        suite: {
            "success": values["successes"] / values["episodes"],
            "episodes": values["episodes"],
            "failures": values["failures"],
            "tasks": {task: [group["successes"], group["episodes"]] for task, group in values["tasks"].items()},
        }
        for suite, values in evaluate_policy(checkpoint, suites, seeds, execute, wording)["suites"].items()
    }


def evaluate_policy(checkpoint: Checkpoint, suites: str, seeds: str, execute: int, wording: str) -> dict[str, Any]:
    """What ``specprune evaluate --json`` says of the averaged weights, dense.

    :param suites: as ``--suite`` of the evaluator: one, several with commas, or ``all``
    :param seeds: ``A..B``, of the validation split
    :raises RuntimeError: with the evaluator's complaint if it fails
    """
    policy = averaged_model(checkpoint).policy
    vocabulary = checkpoint.data["vocabulary"]
    instruction = " ".join(vocabulary[1 : 1 + policy.config.words])
    description = Description(
        id="training",
        title="Of a running training",
        suites=checkpoint.data.get("suites", [checkpoint.data["suite"]]),
        vocabulary=vocabulary,
        proprio_fields=checkpoint.data["proprioFields"],
    )
    with tempfile.TemporaryDirectory() as name:
        write_bundle(policy, description, [draw_sample(policy, vocabulary, instruction, 0)], Path(name))
        command = ["node", "--import", "tsx", "tools/specprune.ts", "evaluate", "--method", "dense", "--json"]
        command += ["--suite", suites, "--seeds", seeds, "--execute", str(execute), "--wording", wording, "--model", name]
        environment = {key: value for key, value in os.environ.items() if key != "OMP_NUM_THREADS"}
        result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        raise RuntimeError(f"the closed-loop evaluation failed: {result.stderr.strip().splitlines()[-1:]}")
    return json.loads(result.stdout)
