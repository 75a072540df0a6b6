"""Writes the golden vectors of src/core: `python training/reference/make_goldens.py`. Needs numpy only."""

import json
from pathlib import Path

import numpy as np

import measures_cases
import paired_cases
import peers_cases
import specprune_cases

OUTPUT = Path(__file__).resolve().parents[2] / "src/core/pruning/golden"


def write(name, value):
    path = OUTPUT / name
    path.write_text(json.dumps(value, separators=(",", ":"), allow_nan=False) + "\n")
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} kB")


def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20250906)
    write("formulas.json", dict(
        topK=specprune_cases.topk_cases(rng), scaling=specprune_cases.scaling_cases(), **specprune_cases.formula_cases(rng)
    ))  # fmt: skip
    write("specprune.json", specprune_cases.episodes())
    write("metrics.json", measures_cases.metrics(rng))
    write("statistics.json", measures_cases.statistics(rng))
    write("paired.json", paired_cases.cases())
    (OUTPUT / "peers").mkdir(exist_ok=True)
    for name, cases in peers_cases.files():
        write(name, cases)


if __name__ == "__main__":
    main()
