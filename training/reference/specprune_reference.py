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
    # what only the published code does, and the budget
    wrist_share=1.0, global_size="own", global_rows="same", dynamic_rule="lowest", dynamic_fine=1.0, dynamic_wrist=1.0,
    tau_wrist=0.0, candidates=0, score_layers=[], drop_base="visual", confidence_once=False, enter="slow", xy=0.1, z=0.1,
    budget=0.0,
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
    square_p, square_q = (p * p).sum(1), (q * q).sum(1)
    both = np.sqrt(square_p * square_q)  # exact whole numbers under the root, so that equal patches give exactly 1
    similarity = np.divide((p * q).sum(1), both, out=np.zeros_like(both), where=both > 0)
    similarity[(square_p == 0) & (square_q == 0)] = 1.0
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
        uniform = math.log(len(score))
        if rule == "normalised-entropy":
            return 1.0 / ((1.0 if len(score) > 1 else 0.0) + 1e-8)
        return 1.0 / (uniform + 1e-8)
    p = score / score.sum()
    if rule == "normalised-entropy":
        entropy = -(p[p > 0] * np.log(p[p > 0])).sum()
        return 1.0 / ((entropy / math.log(len(score)) if len(score) > 1 else 0.0) + 1e-8)
    return 1.0 / (-(p[p > 0] * np.log(p[p > 0])).sum() + 1e-8)


def look_back(v, p):
    return int(np.clip(math.floor(p["b"] + p["k"] * v) + p["offset"], 1, p["t_max"]))


def controller_step(mode, action, p, remaining=0):
    action = np.asarray(action, dtype=np.float32).astype(np.float64)
    v_t, v_r, dz = np.linalg.norm(action[:3]), np.linalg.norm(action[3:6]), action[2]
    if mode == "coarse" and p["enter"] == "code":
        sideways = np.linalg.norm(action[:2])
        return "fine" if (v_t < p["v_t"] or sideways < p["xy"] and dz < p["z"] and v_r < p["v_r"]) else "coarse"
    if mode == "coarse":
        return "fine" if (v_t < p["v_t"] and v_r < p["v_r"] and dz <= 0) else "coarse"
    if p["leave"] == "lift":
        return "coarse" if (dz > p["exit_z"] or v_r > p["exit_rot"]) else "fine"
    if p["leave"] == "lift-at-end":
        return "coarse" if (dz > p["exit_z"] or v_r > p["exit_rot"] and remaining == 0) else "fine"
    return "coarse" if (v_t > p["v_t"] or v_r > p["v_r"]) else "fine"


# Budget -------------------------------------------------------------------------------------------------------------


def lengths_of(first_count, removal, stages, drop, layers, n, floor):
    """Visual tokens in layers 1 ... layers when `first_count` stay after layer `removal`."""
    alive, lengths = n, []
    for layer in range(layers + 1):
        if layer > 0:
            lengths.append(alive)
        if layer == removal:
            alive = first_count
        if layer in stages:
            alive = min(alive, max(alive - int(math.floor(drop * alive + 1e-9)), floor))
    return lengths


def plan_budget(p, layers, n, views):
    """(removal layer, tokens kept there, drop share) for p["budget"]."""
    budget = p["budget"]
    earliest = min(0 if p["use_global"] or p["use_dynamic"] else 1, p["static_layer"])
    left_behind = lambda r: min(1.0, max(0.0, (budget * layers - r) / (layers - r)))
    fitting = [r for r in range(earliest + 1, p["static_layer"] + 1) if left_behind(r) >= budget / 2]
    removal = max(fitting, default=earliest)
    stages = stage_layers(p["stages"], layers, removal) if p["use_stages"] else []
    target = budget * layers * n
    cost = lambda count, drop: sum(lengths_of(count, removal, stages, drop, layers, n, views))
    shares = [p["drop"]] + [p["drop"] * percent / 100 for percent in range(99, -1, -1)]
    drop = next((d for d in shares if cost(n, d) >= target), 0.0)
    count = views + int(np.argmin([abs(cost(c, drop) - target) for c in range(views, n + 1)]))
    return removal, count, drop


def quotas(sizes, total):
    """Largest remainder; at least one each."""
    exact = [total * size / sum(sizes) for size in sizes]
    result = [max(1, int(e)) for e in exact]
    order = sorted(range(len(sizes)), key=lambda i: (-(exact[i] - int(exact[i])), i))
    turn = 0
    while sum(result) < total:
        i = order[turn % len(order)]
        if result[i] < sizes[i]:
            result[i] += 1
        turn += 1
    while sum(result) > total:
        result[result.index(max(result))] -= 1
    return result


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
        self.fixed = 1 + 8 + 8  # proprioception, words, action queries of the layouts in the golden cases
        self.forget()

    def forget(self):
        self.mode, self.previous_global, self.provenance = "coarse", None, None
        self.instruction, self.first_step = None, 0
        self.known_confidence = {}

    def step(self, action, remaining):
        """One executed action -> (mode, replan)."""
        if not self.p["use_controller"]:
            return None, False
        before, self.mode = self.mode, controller_step(self.mode, action, self.p, remaining)
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

    # Sets are dictionaries from view name to (ids best first, how many are taken).

    def ranked(self, score, alive, size):
        """`size(name, tokens)`; score indexed by id."""
        result = {}
        for name, _, _, ids in self.views:
            here = ids[alive[ids]]
            result[name] = (here[best_first(score[here], here)], size(name, len(ids)))
        return result

    def k_local(self, name, tokens, mode):
        k = self.p["alpha"] * (self.p["k_local_fine"] if mode == "fine" else self.p["k_local"])
        return size_for(k * (self.p["wrist_share"] if name == "wrist" else 1.0), tokens)

    def k_global(self, name, tokens, mode, layers):
        if self.p["global_size"] == "local":
            k = self.k_local(name, tokens, mode)
        else:
            k = size_for(self.p["k_global"] * (self.p["wrist_share"] if name == "wrist" else 1.0), tokens)
        return max(1, k // layers) if k and self.p["share_k"] else k

    def dynamic_set(self, now, then):
        p, result = self.p, {}
        for name, rows, columns, ids in self.views:
            similarity = patch_cosine(now[name], then[name], rows, columns)
            wrist = name == "wrist"
            tau = p["tau_wrist"] if wrist and p["tau_wrist"] > 0 else p["tau"]
            k = p["k_dynamic"] * ((p["dynamic_wrist"] if wrist else 1.0) * (p["dynamic_fine"] if self.mode == "fine" else 1.0))
            k = size_for(k, len(ids))
            if p["dynamic_rule"] == "lowest":
                changed = np.flatnonzero(similarity < tau)
                result[name] = (ids[changed][best_first(-similarity[changed], ids[changed])], k)
            else:
                # Everything goes but at most len(ids) - k of the similar patches, the most similar first.
                similar = np.flatnonzero(similarity >= tau)
                most_similar_first = similar[np.lexsort((-ids[similar], -similarity[similar]))]
                gone = set(most_similar_first[: max(0, len(ids) - k)].tolist())
                kept = len(ids) - len(gone)
                result[name] = (ids[best_first(-similarity, ids)], kept)
            self.change[ids] = -similarity
        return result

    def query(self, step, frames, instruction, executed, scores):
        """scores[rows][layer - 1] is float over all ids. Returns decisions per layer, survivors, notes."""
        p = self.p
        if instruction != self.instruction:
            self.forget()
            self.instruction, self.first_step = instruction, step
            executed = []
        static, count, drop = self.removal()
        v, back = self.earlier_frame(step, frames, executed) if p["use_dynamic"] else (None, None)
        warm_up = static is not None and (
            (p["use_dynamic"] and back is None) or (p["use_global"] and self.previous_global is None)
        )
        notes = dict(mode=self.mode if p["use_controller"] else None, speed=v, lookBackSteps=back, warmUp=warm_up,
                     gateProvenance=self.provenance if p["use_global"] else None)  # fmt: skip
        self.change = np.zeros(self.n)
        changed = self.dynamic_set(frames[step], frames[step - back]) if back is not None else None
        decisions, survivors, found, pruned = self.forward(static, count, drop, warm_up, changed, scores)
        if p["use_global"]:
            self.previous_global, self.provenance = found, "pruned" if pruned else "dense"
        return decisions, survivors, notes

    def removal(self):
        """(layer of the static removal or None, tokens kept there at a budget or None, share that stages drop)."""
        p = self.p
        any_set = p["use_global"] or p["use_dynamic"] or p["use_local"]
        layer, count, drop = p["static_layer"], None, p["drop"]
        if p["budget"] > 0 and any_set and layer < self.layers:
            layer, count, drop = plan_budget(p, self.layers, self.n, len(self.views))
        any_set = p["use_global"] or p["use_dynamic"] or (p["use_local"] and layer > 0)
        self.removal_layer = layer
        return (layer if any_set and layer < self.layers else None), count, drop

    def forward(self, static, count, drop, warm_up, changed, scores):
        p = self.p
        removal = self.removal_layer
        stages = stage_layers(p["stages"], self.layers, removal) if p["use_stages"] else []
        global_layers = scaled_unique(p["global_layers"], self.layers) if p["use_global"] and static is not None else []
        scored = scaled_unique(p["score_layers"], self.layers) if p["score_layers"] else range(1, self.layers + 1)
        local_layers = [x for x in p["local_layers"] if static is not None and p["use_local"] and x <= static]
        candidate_layer = local_layers[0] if p["candidates"] and not count and local_layers and local_layers[0] < static else None
        alive = np.ones(self.n, dtype=bool)
        average = np.zeros(self.n)
        local, decisions, found, pruned = {}, [], [], False
        for layer in range(0, self.layers + 1):
            score, inherited_score = np.zeros(self.n), np.zeros(self.n)
            if layer > 0:
                score = np.asarray(scores[p["rows"]][layer - 1], dtype=np.float64)
                other = p["rows"] if p["global_rows"] == "same" else p["global_rows"]
                inherited_score = np.asarray(scores[other][layer - 1], dtype=np.float64)
            ids = np.flatnonzero(alive)
            if layer in local_layers:
                local[layer] = self.ranked(score, alive, lambda name, n: self.k_local(name, n, self.mode))
            if layer in global_layers:
                mode = self.mode
                size = lambda name, n, mode=mode: self.k_global(name, n, mode, len(global_layers))
                found.append((self.ranked(inherited_score, alive, size), np.where(alive, inherited_score, 0.0)))
                pruned = pruned or len(ids) < self.n
            if warm_up:
                continue
            if stages and removal < layer <= stages[-1] and layer in scored:
                c = confidence(score[ids], p["confidence"])
                if p["confidence_once"]:
                    c = self.known_confidence.setdefault(layer, c)
                s = rank_weights(score[ids], ids, p["rank_slope"]) * c
                average[ids] = (1 - p["beta"]) * average[ids] + p["beta"] * s
            decision = None
            if layer == candidate_layer:
                decision = self.candidate_decision(layer, changed, local)
            elif layer == static:
                decision = self.static_decision(layer, changed, local, score, alive, count)
            elif layer in stages:
                k = self.stage_count(len(ids), drop, count is not None)
                kept = top(average[ids], ids, k)
                decision = (layer, kept, {f"layer:{layer}": kept})
            if decision:
                decisions.append(decision)
                alive[:] = False
                alive[sorted(decision[1])] = True
        return decisions, set(int(i) for i in np.flatnonzero(alive)), found, pruned

    def stage_count(self, n, drop, at_budget):
        least = len(self.views) if at_budget else minimum_for(self.p["minimum"], self.n)
        if self.p["drop_base"] == "all" and not at_budget:
            kept = int(math.floor((1 - drop) * (n + self.fixed) + 1e-9)) - self.fixed
        else:
            kept = n - int(math.floor(drop * n + 1e-9))
        return min(n, max(kept, least))

    def parts(self, changed, local):
        """(name, {view: (ids, count)}) of every ranked set."""
        result = [("global", ranked) for ranked, _ in (self.previous_global or [])] if self.p["use_global"] else []
        if changed is not None:
            result.append(("dynamic", changed))
        return result + [(f"local:{layer}", ranked) for layer, ranked in local.items()]

    def take(self, parts, alive, scale_of_view):
        sets = {}
        for name, ranked in parts:
            members = sets.setdefault(name, set())
            for view, (ids, count) in ranked.items():
                available = min(count, len(ids))
                taken = ids[: available * scale_of_view[view] // 16]
                members.update(int(i) for i in taken if alive is None or alive[i])
        return sets

    def candidate_decision(self, layer, changed, local):
        widened = []
        for name, ranked in self.parts(changed, local):
            if name.startswith("local"):
                name, ranked = "candidates", {v: (ids, self.p["candidates"] * min(k, len(ids))) for v, (ids, k) in ranked.items()}
            widened.append((name, ranked))
        sets = self.take(widened, None, {name: 16 for name, *_ in self.views})
        return layer, set().union(*sets.values()), sets

    def fill_score(self, layer, score):
        if layer > 0:
            return score
        if self.p["use_global"]:
            return sum(values for _, values in self.previous_global)
        return self.change

    def static_decision(self, layer, changed, local, score, alive, count):
        parts = self.parts(changed, local)
        score = np.asarray(self.fill_score(layer, score)).astype(np.float32)
        if count is not None:
            return self.budget_decision(layer, parts, score, alive, count)
        sets = self.take(parts, alive, {name: 16 for name, *_ in self.views})
        kept = set().union(*sets.values())
        missing = minimum_for(self.p["minimum"], self.n) - len(kept)
        if missing > 0:
            others = np.array(sorted(set(np.flatnonzero(alive).tolist()) - kept), dtype=int)
            if len(others):
                sets["minimum"] = top(score[others], others, missing)
                kept = kept | sets["minimum"]
        return layer, kept, sets

    def budget_decision(self, layer, parts, score, alive, count):
        scales, fill = {}, set()
        wanted = quotas([len(ids) for *_, ids in self.views], count)
        for (name, _, _, ids), quota in zip(self.views, wanted):
            own = [(set_name, {name: ranked[name]}) for set_name, ranked in parts]
            scale = 0
            size = lambda s: len(set().union(*self.take(own, alive, {name: s}).values()))
            longest = max([len(ranked[name][0]) for _, ranked in parts] + [1])
            while scale < 16 * longest and size(scale + 1) <= quota:
                scale += 1
            scales[name] = scale
        sets = self.take(parts, alive, scales)
        kept = set().union(*sets.values())
        for (name, _, _, ids), quota in zip(self.views, wanted):
            members = set(int(i) for i in ids)
            missing = quota - len(kept & members)
            others = np.array(sorted(i for i in members - kept if alive[i]), dtype=int)
            if missing > 0 and len(others):
                fill |= top(score[others], others, missing)
        if fill:
            sets["budget"] = fill
        return layer, kept | fill, sets
