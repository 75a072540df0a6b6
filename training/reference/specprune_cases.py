"""Golden cases of SpecPrune: small random episodes with ties, odd sizes and views of unequal size, and one of full size."""

import base64
from dataclasses import dataclass, field

import numpy as np

import specprune_reference as reference

# Names in the page's parameter schema.
PARAMETER_NAMES = dict(
    use_global="global", use_dynamic="dynamic", use_local="local", use_stages="layerLevel", use_controller="controller",
    use_replan="replan", rows="scoreRows", static_layer="staticLayer", local_layers="localLayers",
    k_local="localTokens", k_local_fine="localTokensFine", alpha="alpha", k_global="globalTokens",
    global_layers="globalLayers", share_k="globalCombine", k_dynamic="dynamicTokens", tau="similarityThreshold",
    b="lookBackBase", k="lookBackSlope", offset="lookBackOffset", t_max="lookBackMax", stages="stageLayers",
    drop="dropShare", minimum="minimumTokens", rank_slope="rankSlope", confidence="confidence", beta="averageWeight",
    v_t="fineTranslation", v_r="fineRotation", leave="leaveRule", exit_z="exitRise", exit_rot="exitRotation",
    wrist_share="wristShare", global_size="globalSize", global_rows="globalRows", dynamic_rule="dynamicRule",
    dynamic_fine="dynamicFineScale", dynamic_wrist="dynamicWristScale", tau_wrist="similarityThresholdWrist",
    candidates="candidateFactor", score_layers="scoreLayers", drop_base="dropBase", confidence_once="confidenceOnce",
    enter="enterRule", xy="fineLateral", z="fineRise", budget="budget",
)  # fmt: skip

SCORE_UNIT = 65536  # scores are whole multiples of 1 / SCORE_UNIT: exact in float32 and in JSON


@dataclass
class Case:
    name: str
    views: list
    layers: int
    pixels: int = 2
    levels: int = 60000
    overrides: dict = field(default_factory=dict)
    instructions: tuple = ("lift the cube", "lift the cube", "lift the cube")
    speed: float = 0.5
    seed: int = 0


SMALL = [("front", 5, 4), ("wrist", 3, 6)]
SQUARE = [("front", 16, 16), ("wrist", 16, 16)]

REFERENCE_CODE = dict(
    rows="action", global_rows="text", k_local_fine=15, wrist_share=0.8, global_size="local", global_layers=[15, 31],
    dynamic_rule="drop-similar", k_dynamic=20, dynamic_fine=0.8, dynamic_wrist=1.28, tau_wrist=0.98, candidates=2,
    stages=[10, 15, 20, 25], score_layers=[15, 20, 25], drop_base="all", confidence="normalised-entropy",
    confidence_once=True, enter="code", leave="lift-at-end", b=22 / 3, k=-16 / 18, offset=3, t_max=6,
)  # fmt: skip

CASES = [
    Case("full size, 10 layers, defaults", SQUARE, 10, pixels=1, seed=1),
    Case("full size, 12 layers, defaults, many ties", SQUARE, 12, pixels=1, levels=9, seed=2),
    Case("unequal views, larger sets", SMALL, 12, seed=3, overrides=dict(k_global=80, k_local=60, k_dynamic=70)),
    Case("few score levels", SMALL, 10, levels=4, seed=4, overrides=dict(k_global=120, k_local=60, k_dynamic=70)),
    Case("sets larger than the views", SMALL, 8, seed=5, overrides=dict(k_global=256, k_local=256, k_dynamic=256)),
    Case("32 layers", SMALL, 32, seed=6, overrides=dict(k_global=100, k_local=80, k_dynamic=60, minimum=1)),
    Case("action rows, each, deviation", SMALL, 12, seed=7,
         overrides=dict(rows="action", share_k=False, confidence="deviation", k_global=60, k_local=60, minimum=1)),
    Case("no history needed: local only", SMALL, 12, seed=8,
         overrides=dict(use_global=False, use_dynamic=False, k_local=90, minimum=20)),
    Case("layer level only", SMALL, 12, seed=9, overrides=dict(use_global=False, use_dynamic=False, use_local=False)),
    Case("static only", SMALL, 12, seed=10, overrides=dict(use_stages=False, k_local=50, minimum=10)),
    Case("instruction changes", SMALL, 12, seed=11, overrides=dict(k_local=60),
         instructions=("lift the cube", "lift the cube", "open the drawer", "open the drawer")),
    Case("slow: fine mode", SMALL, 12, seed=12, speed=0.05, overrides=dict(k_local=30, k_local_fine=100, minimum=1),
         instructions=("a", "a", "a", "a")),
    Case("speed rule, no replan", SMALL, 12, seed=13, speed=0.3, overrides=dict(leave="speed", use_replan=False)),
    Case("later removal, own layers", SMALL, 12, seed=14,
         overrides=dict(static_layer=4, local_layers=[1, 3, 4, 6], global_layers=[9, 17, 25, 32], k_global=90,
                        stages=[8, 16, 24, 30], drop=0.3, k_local=70, minimum=30, rank_slope=0.25)),
    Case("minimum fills the union", SMALL, 12, seed=15,
         overrides=dict(use_local=False, k_global=20, k_dynamic=1, minimum=300, confidence="none")),
    Case("three layers", SMALL, 3, seed=16, overrides=dict(k_local=50)),
    Case("paper v1", SMALL, 12, seed=17,
         overrides=dict(alpha=0.8, global_layers=[32], b=22 / 3, k=-16 / 18, confidence="deviation", minimum=1)),
    Case("code, newer state", SQUARE, 12, pixels=1, seed=19, speed=0.2, instructions=("a", "a", "a"), overrides=REFERENCE_CODE),
    Case("code, newer state, unequal views", SMALL, 16, seed=20, speed=0.15, instructions=("a", "a", "a", "b", "b"),
         overrides=dict(REFERENCE_CODE, k_local=70, k_local_fine=50, k_dynamic=80, minimum=1)),
    Case("code, older state", SMALL, 12, seed=21, speed=0.15, instructions=("a", "a", "a"),
         overrides=dict(use_global=False, use_stages=False, k_local=60, k_local_fine=90, wrist_share=0.75,
                        dynamic_rule="drop-similar", k_dynamic=56, dynamic_fine=36 / 56, candidates=3, v_t=0.4, enter="code",
                        leave="lift-at-end", b=22 / 3, k=-16 / 18, offset=3, t_max=6, minimum=1)),
    Case("removal before layer 1", SMALL, 12, seed=22, overrides=dict(static_layer=0, k_global=60, k_dynamic=30, minimum=100)),
    Case("removal before layer 1, pixels only", SMALL, 10, seed=23,
         overrides=dict(static_layer=0, use_global=False, k_dynamic=20, minimum=200, use_stages=False)),
    Case("budget 40 %, full size", SQUARE, 12, pixels=1, seed=24, overrides=dict(budget=0.4)),
    Case("budget 15 %, removal moves to the front", SMALL, 12, seed=25, overrides=dict(budget=0.15)),
    Case("budget 60 %, one stage more, fine", SMALL, 12, seed=26, speed=0.05, instructions=("a", "a", "a"),
         overrides=dict(budget=0.6, stages=[6, 12, 24], k_local_fine=120, drop=0.2, minimum=1)),
    Case("budget 97 %: stages drop less", SMALL, 12, seed=27, overrides=dict(budget=0.97, drop=0.3)),
    Case("budget, local set only", SMALL, 12, seed=28, overrides=dict(budget=0.2, use_global=False, use_dynamic=False)),
    Case("one token a view", [("front", 1, 1), ("wrist", 1, 1)], 10, pixels=3, seed=18, overrides=dict(minimum=1)),
]  # fmt: skip


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def moving_frames(case, rng, steps):
    """Noise images in which a few patches change at every step."""
    current = {
        name: rng.integers(0, 256, (rows * case.pixels, columns * case.pixels, 3), dtype=np.uint8)
        for name, rows, columns in case.views
    }
    frames = {}
    for step in range(steps):
        for name, rows, columns in case.views:
            image = current[name].copy()
            for _ in range(max(1, rows * columns // 12)):
                y, x = rng.integers(rows) * case.pixels, rng.integers(columns) * case.pixels
                patch = image[y : y + case.pixels, x : x + case.pixels]
                shift = rng.integers(-60, 61, patch.shape)
                image[y : y + case.pixels, x : x + case.pixels] = np.clip(patch + shift, 0, 255)
            current[name] = image
        frames[step] = dict(current)
    return frames


def random_actions(case, rng, count):
    actions = rng.uniform(-case.speed, case.speed, (count, 7)).astype(np.float32)
    actions[:, 3:6] *= np.float32(0.4)
    return np.round(actions * 64).astype(np.float32) / 64


def page_parameters(overrides):
    values = {PARAMETER_NAMES[name]: value for name, value in overrides.items()}
    if "globalCombine" in values:
        values["globalCombine"] = "shared" if values["globalCombine"] else "each"
    return values


def run_case(case):
    rng = np.random.default_rng(case.seed)
    episode = reference.Episode(case.views, case.layers, **case.overrides)
    first = int(rng.integers(0, 3))
    gaps = rng.integers(2, 9, len(case.instructions))
    frames = moving_frames(case, rng, first + int(gaps.sum()) + 1)
    step, executed, queries = first, [], []
    for instruction, gap in zip(case.instructions, gaps):
        levels = {rows: rng.integers(1, case.levels, (case.layers, episode.n)) for rows in ("text", "action")}
        scores = {rows: values / SCORE_UNIT for rows, values in levels.items()}
        decisions, survivors, notes = episode.query(step, frames, instruction, executed, scores)
        executed = random_actions(case, rng, int(gap))
        steps = [episode.step(action, int(gap) - 1 - i) for i, action in enumerate(executed)]
        rows, other = episode.p["rows"], episode.p["global_rows"]
        queries.append(dict(
            step=step, instruction=instruction, scoreLevels=encode(levels[rows].astype(np.uint16)),
            **({} if other in ("same", rows) else dict(otherLevels=encode(levels[other].astype(np.uint16)))),
            decisions=[dict(layer=layer, keep=sorted(kept), sets={k: sorted(v) for k, v in sets.items()})
                       for layer, kept, sets in decisions],
            survivors=sorted(survivors), notes=notes,
            executed=[dict(action=[float(x) for x in action], mode=mode, replan=replan)
                      for action, (mode, replan) in zip(executed, steps)],
        ))  # fmt: skip
        step += int(gap)
    return dict(
        name=case.name, layers=case.layers, parameters=page_parameters(case.overrides), scoreUnit=SCORE_UNIT,
        views=[dict(view=name, rows=rows, columns=columns) for name, rows, columns in case.views], pixels=case.pixels,
        frames=[{name: encode(image) for name, image in frames[s].items()} for s in range(len(frames))], queries=queries,
    )  # fmt: skip


def episodes():
    return [run_case(case) for case in CASES]


def topk_cases(rng):
    cases = []
    for n, levels, k in [(1, 3, 1), (7, 3, 4), (20, 2, 9), (20, 100000, 5), (5, 10, 9), (6, 4, 0)]:
        ids = rng.permutation(40)[:n]
        score = rng.integers(0, levels, n)
        order = reference.best_first(score, ids)
        cases.append(dict(ids=ids.tolist(), scores=score.tolist(), k=k, order=order.tolist(),
                          top=sorted(reference.top(score, ids, k))))  # fmt: skip
    return cases


def scaling_cases():
    return dict(
        layers=[dict(n=n, all=[reference.scaled(layer, n) for layer in range(1, 33)],
                     globals=reference.scaled_unique([15, 32], n),
                     stages=reference.stage_layers([5, 10, 15, 20], n, 2),
                     lateStages=reference.stage_layers([5, 10, 15, 20], n, 5))
                for n in (1, 2, 3, 4, 6, 8, 10, 12, 16, 24, 32, 40)],
        counts=[dict(per256=k, tokens=n, count=reference.size_for(k, n))
                for k in (0, 1, 19.2, 20, 24, 30, 40, 256) for n in (1, 16, 20, 64, 144, 256, 576)],
        minimums=[dict(per512=60, tokens=n, count=reference.minimum_for(60, n)) for n in (1, 38, 128, 512, 1024)],
    )  # fmt: skip


def formula_cases(rng):
    layer_scores = []
    for n, levels in [(1, 10), (2, 2), (9, 3), (33, 50000)]:
        ids = np.sort(rng.permutation(64)[:n])
        score = rng.integers(1, levels + 1, n) / 1024
        for slope in (0.0, 0.3, 1.0):
            layer_scores.append(dict(ids=ids.tolist(), scores=score.tolist(), slope=slope,
                                     weights=reference.rank_weights(score, ids, slope).tolist(),
                                     confidence={rule: float(reference.confidence(score, rule))
                                                 for rule in ("entropy", "deviation", "normalised-entropy", "none")}))  # fmt: skip
    patches = []
    for rows, columns, size in [(1, 1, 4), (3, 5, 2), (4, 4, 8)]:
        a = rng.integers(0, 256, (rows * size, columns * size, 3), dtype=np.uint8)
        b = np.clip(a.astype(int) + rng.integers(-80, 80, a.shape), 0, 255).astype(np.uint8)
        b[:size, :size] = 0
        if rows > 1:
            a[size : 2 * size, :size] = 0
            b[size : 2 * size, :size] = 0
        patches.append(dict(rows=rows, columns=columns, width=columns * size, height=rows * size, now=encode(a),
                            then=encode(b), similarity=reference.patch_cosine(a, b, rows, columns).tolist()))  # fmt: skip
    speeds = [0.0, 0.5, 1.0, 2.2, 3.999, 7.0, 10.0, 11.0, 13.8, 40.0]
    presets = dict(v3=dict(b=7.0, k=-1.0, offset=4, t_max=64), v1=dict(b=22 / 3, k=-16 / 18, offset=4, t_max=64),
                   code=dict(b=22 / 3, k=-16 / 18, offset=3, t_max=6))  # fmt: skip
    look_back = [dict(**p, name=name, speeds=speeds, steps=[reference.look_back(v, p) for v in speeds])
                 for name, p in presets.items()]  # fmt: skip
    return dict(layerScores=layer_scores, patches=patches, lookBack=look_back)
