"""SpecPrune-VLA in numpy, written from the equations (docs/methods/specprune.md), as a second opinion on the TypeScript.

Everything is indexed by token id over ALL visual tokens; a boolean mask says who is still alive. Slow and plain on purpose.
"""

import math

import numpy as np

DEFAULTS = dict(
    use_global=True, use_dynamic=True, use_local=True, use_stages=True, use_controller=True, use_replan=True,
    rows="text", static_layer=2, local_layers=[1, 2], k_local=24, k_local_fine=40, alpha=1.0,
    k_global=30, global_layers=[15, 32], share_k=True, k_dynamic=20, tau=0.986,
    b=7.0, k=-1.0, offset=4, t_max=64,
    stages=[5, 10, 15, 20], drop=0.1, minimum=60, rank_slope=1.0, confidence="entropy", beta=0.2,
    v_t=0.35, v_r=0.2, leave="lift", exit_z=0.2, exit_rot=0.3,
)  # fmt: skip


def half_up(x):
    return int(math.floor(x + 0.5))


def scaled(layer, n):
    return int(np.clip(half_up(layer * n / 32.0), 1, n))


def scaled_unique(layers, n):
    return sorted({scaled(layer, n) for layer in layers})


def stage_layers(layers, n, static_layer):
    return [layer for layer in scaled_unique(layers, n) if layer >= 3 and static_layer < layer < n]


def size_for(k_per_256, tokens):
    return 0 if k_per_256 <= 0 else max(1, half_up(k_per_256 * tokens / 256.0))


def minimum_for(k_per_512, tokens):
    return max(1, half_up(k_per_512 * tokens / 512.0))


def best_first(score, ids):
    """Positions, best first: score descending, then id ascending (lexsort's last key is the primary one)."""
    return np.lexsort((np.asarray(ids), -np.asarray(score, dtype=np.float64)))


def top(score, ids, k):
    ids = np.asarray(ids)
    return set(int(i) for i in ids[best_first(score, ids)[: max(0, k)]])


def patch_cosine(now, then, rows, columns):
    """Images uint8 [height, width, 3] -> cosine per patch, row-major."""
    def patches(image):
        h, w = image.shape[0] // rows, image.shape[1] // columns
        blocks = image.astype(np.float64).reshape(rows, h, columns, w, 3).transpose(0, 2, 1, 3, 4)
        return blocks.reshape(rows * columns, -1)

    p, q = patches(now), patches(then)
    norm_p, norm_q = np.linalg.norm(p, axis=1), np.linalg.norm(q, axis=1)
    both = norm_p * norm_q
    similarity = np.divide((p * q).sum(1), both, out=np.zeros_like(both), where=both > 0)
    similarity[(norm_p == 0) & (norm_q == 0)] = 1.0
    return similarity


def rank_weights(score, ids, slope):
    rank = np.empty(len(ids))
    rank[best_first(score, ids)] = np.arange(len(ids))
    with np.errstate(over="ignore"):
        weight = 1.0 / (1.0 + np.exp(slope * rank))
    return weight / weight.sum()


def confidence(score, rule):
    score = np.asarray(score, dtype=np.float64)
    if rule == "none":
        return 1.0
    if rule == "deviation":
        return score.mean() / (score.std() + 1e-8)
    if score.sum() <= 0:
        return 1.0 / (math.log(len(score)) + 1e-8)
    p = score / score.sum()
    return 1.0 / (-(p[p > 0] * np.log(p[p > 0])).sum() + 1e-8)


def look_back(v, p):
    return int(np.clip(math.floor(p["b"] + p["k"] * v) + p["offset"], 1, p["t_max"]))


def controller_step(mode, action, p):
    action = np.asarray(action, dtype=np.float32).astype(np.float64)
    v_t, v_r, dz = np.linalg.norm(action[:3]), np.linalg.norm(action[3:6]), action[2]
    if mode == "coarse":
        return "fine" if (v_t < p["v_t"] and v_r < p["v_r"] and dz <= 0) else "coarse"
    if p["leave"] == "lift":
        return "coarse" if (dz > p["exit_z"] or v_r > p["exit_rot"]) else "fine"
    return "coarse" if (v_t > p["v_t"] or v_r > p["v_r"]) else "fine"


class Episode:
    """Runs queries of one episode; views is a list of (name, rows, columns)."""

    def __init__(self, views, layers, **overrides):
        self.p = {**DEFAULTS, **overrides}
        self.layers = layers
        self.views = []
        start = 0
        for name, rows, columns in views:
            self.views.append((name, rows, columns, np.arange(start, start + rows * columns)))
            start += rows * columns
        self.n = start
        self.forget()

    def forget(self):
        self.mode, self.previous_global, self.provenance = "coarse", None, None
        self.instruction, self.first_step = None, 0

    def step(self, action, remaining):
        """One executed action -> (mode, replan)."""
        if not self.p["use_controller"]:
            return None, False
        before, self.mode = self.mode, controller_step(self.mode, action, self.p)
        replan = before == "coarse" and self.mode == "fine" and remaining > 0 and self.p["use_replan"]
        return self.mode, bool(replan)

    def earlier_frame(self, step, frames, executed):
        total = np.zeros(3)
        for action in executed:
            total += np.asarray(action, dtype=np.float32)[:3].astype(np.float64)
        v = float(np.linalg.norm(total))
        wished = look_back(v, self.p)
        for back in range(wished, 0, -1):
            if step - back >= self.first_step and (step - back) in frames:
                return v, back
        return v, None

    def view_top(self, score, alive, size):
        """Union over the views of the best `size(tokens)` survivors by score (indexed by id)."""
        result = set()
        for _, _, _, ids in self.views:
            here = ids[alive[ids]]
            result |= top(score[here], here, size(len(ids)))
        return result

    def dynamic_set(self, now, then):
        result = set()
        for name, rows, columns, ids in self.views:
            similarity = patch_cosine(now[name], then[name], rows, columns)
            changed = np.flatnonzero(similarity < self.p["tau"])
            result |= top(-similarity[changed], ids[changed], size_for(self.p["k_dynamic"], len(ids)))
        return result

    def query(self, step, frames, instruction, executed, scores):
        """scores[rows][layer - 1] is float over all ids. Returns decisions per layer, survivors, notes."""
        p = self.p
        if instruction != self.instruction:
            self.forget()
            self.instruction, self.first_step = instruction, step
            executed = []
        any_set = p["use_global"] or p["use_dynamic"] or p["use_local"]
        static = p["static_layer"] if any_set and p["static_layer"] < self.layers else None
        v, back = self.earlier_frame(step, frames, executed) if p["use_dynamic"] else (None, None)
        warm_up = static is not None and (
            (p["use_dynamic"] and back is None) or (p["use_global"] and self.previous_global is None)
        )
        notes = dict(mode=self.mode if p["use_controller"] else None, speed=v, lookBackSteps=back, warmUp=warm_up,
                     gateProvenance=self.provenance if p["use_global"] else None)  # fmt: skip
        changed = self.dynamic_set(frames[step], frames[step - back]) if back is not None else set()
        decisions, survivors, found, pruned = self.forward(static, warm_up, changed, scores[p["rows"]])
        if p["use_global"]:
            self.previous_global, self.provenance = found, "pruned" if pruned else "dense"
        return decisions, survivors, notes

    def forward(self, static, warm_up, changed, score_of_layer):
        p = self.p
        stages = stage_layers(p["stages"], self.layers, p["static_layer"]) if p["use_stages"] else []
        global_layers = scaled_unique(p["global_layers"], self.layers) if p["use_global"] and static is not None else []
        alive = np.ones(self.n, dtype=bool)
        average = np.zeros(self.n)
        local, decisions, found, pruned = {}, [], set(), False
        for layer in range(1, self.layers + 1):
            score = np.asarray(score_of_layer[layer - 1], dtype=np.float64)
            ids = np.flatnonzero(alive)
            if static is not None and p["use_local"] and layer <= static and layer in p["local_layers"]:
                k = p["alpha"] * (p["k_local_fine"] if self.mode == "fine" else p["k_local"])
                local[layer] = self.view_top(score, alive, lambda n: size_for(k, n))
            if layer in global_layers:
                found |= self.view_top(score, alive, lambda n: self.global_size(n, len(global_layers)))
                pruned = pruned or len(ids) < self.n
            if warm_up:
                continue
            if stages and p["static_layer"] < layer <= stages[-1]:
                s = rank_weights(score[ids], ids, p["rank_slope"]) * confidence(score[ids], p["confidence"])
                average[ids] = (1 - p["beta"]) * average[ids] + p["beta"] * s
            if layer == static:
                decisions.append(self.static_decision(layer, changed, local, score))
            elif layer in stages:
                dropped = int(math.floor(p["drop"] * len(ids) + 1e-9))
                k = min(len(ids), max(len(ids) - dropped, minimum_for(p["minimum"], self.n)))
                kept = top(average[ids], ids, k)
                decisions.append((layer, kept, {f"layer:{layer}": kept}))
            if decisions and decisions[-1][0] == layer:
                alive[:] = False
                alive[sorted(decisions[-1][1])] = True
        return decisions, set(int(i) for i in np.flatnonzero(alive)), found, pruned

    def global_size(self, tokens, layers):
        k = size_for(self.p["k_global"], tokens)
        return max(1, k // layers) if k and self.p["share_k"] else k

    def static_decision(self, layer, changed, local, score):
        p = self.p
        sets = {}
        if p["use_global"]:
            sets["global"] = set(self.previous_global)
        if p["use_dynamic"]:
            sets["dynamic"] = set(changed)
        for local_layer, members in local.items():
            sets[f"local:{local_layer}"] = members
        kept = set().union(*sets.values())
        missing = minimum_for(p["minimum"], self.n) - len(kept)
        if missing > 0:
            others = np.array(sorted(set(range(self.n)) - kept), dtype=int)
            if len(others):
                sets["minimum"] = top(score[others], others, missing)
                kept = kept | sets["minimum"]
        return layer, kept, sets
