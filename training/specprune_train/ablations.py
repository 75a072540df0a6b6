"""Trains the same policy again with one ingredient less, or in another size, and compares all of them closed loop.

Every variant sees as many samples, in the same order of seeds, and plays the same validation seeds, so differences are paired.
What is there already is not done again: a stopped study continues.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Any

from .checkpoint import CHECKPOINT_FILE, Checkpoint, averaged_model, load_checkpoint
from .closed_loop import REPOSITORY, evaluate_policy
from .settings import parse_arguments
from .train import LOG_FILE

BASE = "base"
VARIANTS: Mapping[str, Sequence[str]] = {
    BASE: (),
    "no-mask-loss": ("--no-mask-loss",),
    "no-grounding-loss": ("--no-grounding-loss",),
    "no-attribute-loss": ("--no-attribute-loss",),
    "no-orientation-loss": ("--no-orientation-loss",),
    "no-static": ("--no-static",),
    "no-switches": ("--no-switches",),
    "layers-3": ("--layers", "3"),
    "layers-10": ("--layers", "10"),
}
"""By name, what a variant tells the trainer besides what all are told."""
EVALUATION_FILE = "evaluation.json"


@dataclass(frozen=True)
class Study:
    """What all variants have in common."""

    data: Path
    out: Path
    suites: str
    seeds: str
    wording: str
    trainer: tuple[str, ...]
    """Further arguments of the trainer."""

    def arguments(self, variant: str) -> list[str]:
        """What the trainer of a variant is told."""
        common = ["--data", str(self.data), "--out", str(self.out / variant), "--workers", "1"]
        return [*common, *self.trainer, *VARIANTS[variant]]

    def run(self, variant: str) -> dict[str, Any]:
        """Train a variant, then play it; returns what the Node evaluator says.

        :raises RuntimeError: if the training fails
        """
        folder = self.out / variant
        stored = folder / EVALUATION_FILE
        if stored.exists():
            return {**json.loads(stored.read_text()), "heldOut": _last_held_out(folder)}
        checkpoint = self._train(variant, folder)
        evaluation = evaluate_policy(checkpoint, self.suites, self.seeds, execute=8, wording=self.wording)
        evaluation["training"] = _describe(checkpoint)
        partial = stored.with_suffix(".partial")
        partial.write_text(json.dumps(evaluation))
        os.replace(partial, stored)
        return {**evaluation, "heldOut": _last_held_out(folder)}

    def _train(self, variant: str, folder: Path) -> Checkpoint:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "specprune_train.train", *self.arguments(variant)]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "training"), "OMP_NUM_THREADS": "1"}
        with (folder / "output.log").open("a") as log:
            code = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, env=environment).returncode
        if code != 0:
            raise RuntimeError(f"training {variant} failed; see {folder / 'output.log'}")
        return load_checkpoint(folder / CHECKPOINT_FILE)


def _describe(checkpoint: Checkpoint) -> dict[str, Any]:
    policy = averaged_model(checkpoint).policy
    return {
        "parameters": sum(parameter.numel() for parameter in policy.parameters()),
        "coarseSamples": checkpoint.state.coarse_samples,
        "fullSamples": checkpoint.state.samples - checkpoint.state.coarse_samples,
        "minutes": checkpoint.state.elapsed_s / 60,
    }


def _last_held_out(folder: Path) -> dict[str, Any]:
    """The averaged weights at the end, on static scenes that training never drew."""
    lines = [json.loads(line) for line in (folder / LOG_FILE).read_text().splitlines()]
    return [line for line in lines if line.get("held_out")][-1]


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Two-sided exact McNemar test: twice the binomial tail at the smaller discordant count, at most 1."""
    pairs = only_first + only_second
    tail = sum(comb(pairs, count) for count in range(min(only_first, only_second) + 1))
    return min(1.0, 2 * tail / 2**pairs)


def table(evaluations: Mapping[str, dict[str, Any]]) -> str:
    """A Markdown table: a row for each variant, compared with the base where that is there."""
    rows = [
        "| variant | parameters | samples 8 x 8 + 16 x 16 | target found, off by (held out) | solved | 95 % | points to the base (lost : won, p) | failures |",
        "|---|---|---|---|---|---|---|---|",
    ]
    base = evaluations.get(BASE)
    for name, evaluation in evaluations.items():
        training = evaluation["training"]
        for suite, result in evaluation["suites"].items():
            low, high = result["wilson95"]
            failures = ", ".join(f"{kind} {count}" for kind, count in sorted(result["failures"].items(), key=lambda pair: -pair[1]))
            rows.append(
                f"| {name} | {training['parameters'] / 1e6:.1f} M | {training['coarseSamples']:,} + {training['fullSamples']:,} "
                f"| {_found(name, evaluation['heldOut'])} "
                f"| {result['successes']} of {result['episodes']} | {100 * low:.0f} - {100 * high:.0f} "
                f"| {_difference(base and base['suites'].get(suite), result) if name != BASE else ''} | {failures} |"
            )
    return "\n".join(rows)


def _found(variant: str, held_out: dict[str, Any]) -> str:
    """How often the token most like the target shows it, and how far off the place is that the text tells; a dash where
    nothing taught that."""
    flags = VARIANTS.get(variant, ())
    hit = "–" if "--no-mask-loss" in flags else f"{100 * held_out['mask_hit']:.0f} %"
    place = "–" if "--no-grounding-loss" in flags else f"{held_out['target_cm']:.1f} cm"
    return f"{hit}, {place}"


def _difference(base: dict[str, Any] | None, result: dict[str, Any]) -> str:
    if base is None or base["seeds"] != result["seeds"]:
        return "not the same seeds"
    failed, failed_base = set(result["failedSeeds"]), set(base["failedSeeds"])
    lost, won = len(failed - failed_base), len(failed_base - failed)
    points = 100 * (won - lost) / result["episodes"]
    return f"{points:+.0f} ({lost} : {won}, p = {mcnemar_exact(lost, won):.2g})"


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Trains variants of a policy and compares them closed loop.",
        epilog="What follows -- goes to the trainer of every variant: -- --steps 800 --width 96",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with static/ and trajectories/, in the full format")
    parser.add_argument("--out", type=Path, required=True, help="a folder for each variant goes here")
    parser.add_argument("--variants", default=",".join(VARIANTS), help="names with commas")
    parser.add_argument("--jobs", type=int, default=2, help="variants at once, one process each")
    parser.add_argument("--suite", default="object", help="one suite, several with commas, or all")
    parser.add_argument("--seeds", default="100000..100099", help="validation seeds A..B")
    parser.add_argument("--wording", default="trained", help="plain, trained, held-out or mixed")
    arguments = sys.argv[1:]
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    parsed = parser.parse_args(arguments[:cut])
    parsed.trainer = tuple(arguments[cut + 1 :])
    parsed.variants = parsed.variants.split(",")
    for variant in parsed.variants:
        if variant not in VARIANTS:
            parser.error(f'--variants: there is no "{variant}"; there are {", ".join(VARIANTS)}')
    return parsed


def main() -> None:
    """Entry point of ``python -m specprune_train.ablations``."""
    parsed = _parse()
    study = Study(parsed.data, parsed.out, parsed.suite, parsed.seeds, parsed.wording, parsed.trainer)
    for variant in parsed.variants:
        # Here, where a wrong argument ends the program with the trainer's own words.
        parse_arguments(study.arguments(variant))
    with ThreadPoolExecutor(parsed.jobs) as pool:
        running = {variant: pool.submit(study.run, variant) for variant in parsed.variants}
    failed = [f"{name}: {job.exception()}" for name, job in running.items() if job.exception()]
    print(table({name: job.result() for name, job in running.items() if not job.exception()}))
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
