"""Checks the pipeline on small synthetic data: shapes, exact resuming, and the export against PyTorch."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from .ablations import mcnemar_exact, table
from .checkpoint import CHECKPOINT_FILE, load_checkpoint
from .data import TrainingData
from .export import export_checkpoint
from .losses import relation_loss
from .model import ACTION_SIZE, CELL_GRID, REFERENTS, Policy, PolicyConfig, TrainingModel
from .synthetic import SEVERAL_WORDS, write_synthetic_data
from .onnx_graph import WEIGHTS_FILE
from .settings import parse_arguments
from .train import Trainer, train

STEPS = 6
STOP_AFTER = 4
SMALL = ["--layers", "2", "--width", "32", "--aux-layer", "1", "--coarse-batch", "8", "--full-batch", "4", "--micro-batch", "2"]


def check_shapes() -> None:
    """Outputs have the documented shapes at both resolutions, and removing no row changes nothing."""
    config = PolicyConfig(vocabulary_size=5, proprio_size=3, layers=2, width=32, feed_forward=64, aux_layer=1)
    model = TrainingModel(config).eval()
    images, words, proprio = torch.rand(2, 2, 3, 128, 128), torch.ones(2, 7, dtype=torch.long), torch.rand(2, 3)
    for coarse, visual in ((False, config.visual_tokens), (True, config.visual_tokens // 4)):
        output = model(images, words, proprio, coarse)
        assert output.chunk.shape == (2, config.queries, ACTION_SIZE)
        assert output.mask_logits.shape == (2, visual, config.mask_channels)
        assert output.cell_logits.shape == (2, REFERENTS, config.views, CELL_GRID**2)
        assert output.grounding.shape == output.keyframe.shape == (2, 4)
    policy = model.policy
    hidden = policy.embed(images[:1], words[:1], proprio[:1])
    assert hidden.shape == (1, config.length, config.width) and config.length == 528
    chunk, scores = policy.layered(hidden, [None] * config.layers)
    torch.testing.assert_close(chunk, policy(images[:1], words[:1], proprio[:1]))
    for row in (row for pair in scores for row in pair):
        torch.testing.assert_close(row.sum(), torch.tensor(1.0))


def check_relation_loss() -> None:
    """Only tokens that show a target with a landmark count, and they are asked for the way in decimetres and its length."""
    shown = torch.tensor([[0.0, 0.5], [1.0, 1.0]])
    places = torch.tensor([[0.1, 0.2, 0.0, 0.0, 0.4, -0.2], [0.1, 0.2, 0.0, 0.0, torch.nan, torch.nan]])
    relation = torch.tensor([[9.0, 9.0, 9.0], [3.0, -4.0, 5.6]]).expand(2, 2, 3)
    torch.testing.assert_close(relation_loss(relation, shown, places), torch.tensor(0.2))
    torch.testing.assert_close(relation_loss(relation, shown, places[[1, 1]]), torch.tensor(0.0))


def check_resume(folder: Path, data: Path, workers: int) -> Path:
    """An interrupted and continued run ends with the weights of an uninterrupted one; returns its checkpoint."""
    common = ["--data", str(data), "--steps", str(STEPS), "--workers", str(workers), "--held-out", "8", "--device", "cpu", *SMALL]
    whole, parts = folder / f"whole-{workers}", folder / f"parts-{workers}"
    train(parse_arguments([*common, "--out", str(whole)]))
    train(parse_arguments([*common, "--out", str(parts), "--stop-after-steps", str(STOP_AFTER)]))
    train(parse_arguments([*common, "--out", str(parts)]))
    expected, resumed = (load_checkpoint(out / CHECKPOINT_FILE) for out in (whole, parts))
    assert resumed.state.step == expected.state.step == STEPS
    for kind in ("model", "ema"):
        for name, values in getattr(expected, kind).items():
            assert torch.equal(values, getattr(resumed, kind)[name]), f"{kind} {name} differs after resuming"
    return whole / CHECKPOINT_FILE


def check_warm_start(model: Path, data: Path, exported: Policy) -> None:
    """A model folder read back holds the policy that was exported."""
    settings = ["--data", str(data), "--out", str(model / "unused"), "--held-out", "8", "--device", "cpu", *SMALL]
    trainer = Trainer(parse_arguments([*settings, "--workers", "1", "--warm-start", str(model)]), 0)
    for name, values in exported.state_dict().items():
        torch.testing.assert_close(trainer.model.policy.state_dict()[name], values, msg=lambda text: f"{name}: {text}")


def check_several_suites(folder: Path) -> None:
    """Data of several suites train a model with longer instructions and a landmark, with every ablation, and export."""
    data = folder / "data"
    write_synthetic_data(data, static=48, trajectories=32, several=True)
    common = ["--data", str(data), "--steps", "2", "--workers", "1", "--held-out", "8", "--device", "cpu", *SMALL]
    train(parse_arguments([*common, "--out", str(folder / "run")]))
    checkpoint = load_checkpoint(folder / "run" / CHECKPOINT_FILE)
    assert (checkpoint.config.words, checkpoint.config.referents) == (SEVERAL_WORDS, REFERENTS + 1)
    assert checkpoint.data["suites"] == ["object", "spatial"]
    last = json.loads((folder / "run" / "log.jsonl").read_text().splitlines()[-1])
    assert set(last["tasks"]) == {"object", "object/first", "spatial", "spatial/second"}, last
    for name in ("spatial", "spatial/second"):
        weighted = TrainingData(data, 8, suite_weights={name: 3.0})
        share = np.mean([weighted.draw(np.random.default_rng(seed), 16, 0.5, torch.device("cpu")).task == 1 for seed in range(40)])
        assert 0.68 < share < 0.82, f"three of four frames should be of {name}, which weighs three times as much, not {share}"
    for ablation in ("mask-loss", "grounding-loss", "attribute-loss", "orientation-loss", "relation-loss", "static", "switches"):
        train(parse_arguments([*common, "--out", str(folder / ablation), f"--no-{ablation}"]))
    assert load_checkpoint(folder / "mask-loss" / CHECKPOINT_FILE).settings["no_mask_loss"]
    exported = export_checkpoint(folder / "run" / CHECKPOINT_FILE, folder / "model", "several", "Self-check", data)
    assert exported.config.words == SEVERAL_WORDS


def check_growing(folder: Path, small: Path, data: Path) -> None:
    """A run on several suites can begin with the weights of a model for one."""
    common = ["--data", str(data), "--workers", "1", "--held-out", "8", "--device", "cpu", *SMALL]
    trainer = Trainer(parse_arguments([*common, "--out", str(folder / "grown"), "--warm-start", str(small)]), 0)
    old, new = load_checkpoint(small).ema, trainer.model.state_dict()
    _assert_grown(old, new)


def check_growing_from_folder(folder: Path, model: Path, exported: Policy, data: Path) -> None:
    """So can one with the weights of a published model for one."""
    common = ["--data", str(data), "--workers", "1", "--held-out", "8", "--device", "cpu", *SMALL]
    trainer = Trainer(parse_arguments([*common, "--out", str(folder / "grown"), "--warm-start", str(model)]), 0)
    _assert_grown({f"policy.{name}": values for name, values in exported.state_dict().items()}, trainer.model.state_dict())


def _assert_grown(old: Mapping[str, torch.Tensor], new: Mapping[str, torch.Tensor]) -> None:
    for name in ("policy.word_embedding.weight", "policy.word_positions"):
        assert len(new[name]) > len(old[name])
        torch.testing.assert_close(new[name][: len(old[name])], old[name])
    torch.testing.assert_close(new["policy.stem.project.weight"], old["policy.stem.project.weight"])


def check_trained_layers(folder: Path, model: Path, data: Path) -> None:
    """Layers that do not learn stay to the bit, also in the exported file; the others change and keep a short mantissa."""
    common = ["--data", str(data), "--steps", "3", "--workers", "1", "--held-out", "8", "--device", "cpu", *SMALL]
    train(parse_arguments([*common, "--out", str(folder / "part"), "--warm-start", str(model), "--train-layers", "2"]))
    export_checkpoint(folder / "part" / CHECKPOINT_FILE, folder / "part-model", "part", "Self-check", data, mantissa_bits=5)
    old, new = (np.fromfile(path / WEIGHTS_FILE, dtype=np.uint16) for path in (model, folder / "part-model"))
    changed = np.flatnonzero(old != new)
    in_layers = 2 * (12 * 32 * 32 + 13 * 32)
    assert 0 < len(changed) and changed[-1] - changed[0] < in_layers, "only one of two layers may differ"
    assert not (new[changed] & 0b11111).any(), "what changed has 5 of 10 bits"


def check_embedding(folder: Path, model: Path, exported: Policy, data: Path) -> None:
    """An embedding that is taken over stays to the bit under any number of layers, and the layers learn."""
    common = ["--data", str(data), "--steps", "3", "--workers", "1", "--held-out", "8", "--device", "cpu", *SMALL, "--layers", "3"]
    train(parse_arguments([*common, "--out", str(folder / "on-embedding"), "--embedding-from", str(model)]))
    checkpoint = load_checkpoint(folder / "on-embedding" / CHECKPOINT_FILE)
    for name, values in exported.state_dict().items():
        if not name.startswith(("blocks.", "norm_out.", "action_")):
            torch.testing.assert_close(checkpoint.ema[f"policy.{name}"], values, msg=lambda text: f"{name}: {text}")
    layer = "policy.blocks.0.qkv.weight"
    torch.manual_seed(checkpoint.settings["seed"])
    assert not torch.equal(checkpoint.model[layer], TrainingModel(checkpoint.config).state_dict()[layer])


def check_ablation_table() -> None:
    """A variant is compared with the base seed by seed."""
    training = {"parameters": 2e6, "coarseSamples": 1600, "fullSamples": 80, "minutes": 3.0}

    def evaluation(failed: list[int]) -> dict[str, object]:
        result = {"successes": 8 - len(failed), "episodes": 8, "failedSeeds": failed, "failures": {"timed-out": len(failed)}}
        suite = {**result, "wilson95": [0.2, 0.9], "seeds": {"first": 1, "last": 8}}
        return {"suites": {"object": suite}, "training": training, "heldOut": {"mask_hit": 0.9, "target_cm": 2.5}}

    lines = table({"base": evaluation([1]), "no-static": evaluation([2, 3, 4, 5, 6, 7])}).splitlines()
    assert len(lines) == 4 and "| 90 %, 2.5 cm | 7 of 8" in lines[2] and "-62 (6 : 1, p = 0.12)" in lines[3], lines
    assert mcnemar_exact(0, 0) == 1.0 and abs(mcnemar_exact(6, 1) - 0.125) < 1e-12


def main() -> None:
    check_shapes()
    check_ablation_table()
    print("shapes: ok")
    check_relation_loss()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_several_suites(folder / "several")
        print("several suites: ok")
        data = folder / "data"
        write_synthetic_data(data, static=48, trajectories=32, visited=16)
        for workers in (1, 2):
            checkpoint = check_resume(folder, data, workers)
            print(f"resume with {workers} process(es): ok")
        check_growing(folder, checkpoint, folder / "several" / "data")
        print("growing: ok")
        exported = export_checkpoint(checkpoint, folder / "model", "selfcheck", "Self-check", data)
        export_checkpoint(checkpoint, folder / "int8", "selfcheck-int8", "Self-check", data, "int8")
        print("export: ok")
        check_warm_start(folder / "model", data, exported)
        check_trained_layers(folder, folder / "model", data)
        check_embedding(folder, folder / "model", exported, data)
        check_growing_from_folder(folder, folder / "model", exported, folder / "several" / "data")
        print("warm start: ok")


if __name__ == "__main__":
    main()
