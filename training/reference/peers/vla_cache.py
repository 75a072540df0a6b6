"""VLA-Cache: which tokens are reused; what reuse does to a layer is the engine's business."""

import numpy as np

from .common import best, decision, half_up, removal, scaled_layer

DEFAULTS = dict(
    layer=2, budget=0.0, similarity=0.996, staticTokens=100, taskTokens=100, attentionLayer=15, layerRule="constant", growth=4.0
)  # fmt: skip

PRESETS = {"as-released": dict(staticTokens=150, taskTokens=120), "paper": {}}

CASES = [
    dict(name="defaults", queries=4, steps=2),
    dict(name="as released", queries=4, steps=2, preset="as-released"),
    dict(name="few task tokens, any patch counts as static", queries=3, parameters=dict(similarity=0.9, staticTokens=200, taskTokens=20)),
    dict(name="share by entropy", queries=7, steps=1, parameters=dict(layerRule="entropy", taskTokens=10, staticTokens=256, growth=15.0)),
    dict(name="share by entropy, steeper", queries=5, steps=1, parameters=dict(layerRule="entropy", taskTokens=0, growth=20.0)),
    dict(name="a new instruction reuses nothing", instructions=["a", "a", "b", "b"], steps=1, parameters=dict(taskTokens=30)),
    dict(name="ties", queries=3, steps=1, levels=2, parameters=dict(staticTokens=60, taskTokens=20)),
    dict(name="by budget", queries=3, parameters=dict(budget=0.4)),
    dict(name="by a small budget", queries=3, parameters=dict(budget=0.05)),
    dict(name="nothing reused", queries=3, parameters=dict(budget=1.0)),
]


def patch_cosine(now, then, rows, columns):
    split = lambda image: (
        image.astype(np.float64)
        .reshape(rows, image.shape[0] // rows, columns, image.shape[1] // columns, 3)
        .transpose(0, 2, 1, 3, 4)
        .reshape(rows * columns, -1)
    )
    a, b = split(now), split(then)
    squares = (a * a).sum(1), (b * b).sum(1)
    product = squares[0] * squares[1]
    equal = (squares[0] == squares[1]).astype(float)
    return np.where(product > 0, (a * b).sum(1) / np.sqrt(np.where(product > 0, product, 1.0)), equal)


def per_256(count, size):
    return 0 if count <= 0 else max(1, half_up(count * size / 256))


class Episode:
    def __init__(self, shape, parameters, preset=None):
        self.shape, self.p = shape, {**DEFAULTS, **PRESETS.get(preset, {}), **parameters}
        self.instruction, self.before = None, None

    def order(self, query):
        """Tokens that may be reused, the best first."""
        pairs = zip(self.shape.views, self.shape.view_ids())
        then = query.frames[-1 - len(query.executed)]
        similar, still = np.empty(self.shape.visual), []
        for (name, rows, columns), ids in pairs:
            similar[ids] = patch_cosine(query.frames[-1][name], then[name], rows, columns)
            static = [i for i in ids if similar[i] >= self.p["similarity"]]
            still += best(static, similar[static], per_256(self.p["staticTokens"], len(ids)))
        task = self.before["task"]
        rank = lambda ids: sorted(ids, key=lambda i: (-similar[i], i))
        if self.p["budget"] == 0:
            return rank(i for i in still if i not in task)
        _, computed = removal({**self.p, "keep": 1.0}, self.shape, 0)
        everything = range(self.shape.visual)
        return (rank(i for i in everything if i not in task) + rank(task))[: self.shape.visual - computed]

    def query(self, query):
        if query.instruction != self.instruction:
            self.instruction, self.before = query.instruction, None
        first, _ = removal({**self.p, "keep": 1.0}, self.shape, 0)
        entropy_rule = self.p["layerRule"] == "entropy" and self.p["budget"] == 0
        later = {scaled_layer(l, self.shape.layers) for l in (6, 9, 11)} if entropy_rule else set()
        order = self.order(query) if self.before else []
        ids, done, decisions = set(range(self.shape.visual)), 0, []
        for layer in sorted({first} | {l for l in later if l > first}):
            share = 1.0
            if entropy_rule and self.before:
                e = np.array(self.before["entropy"])[:layer]
                share = float(np.clip(self.p["growth"] * ((e[:-1] - e[1:]) / e[:-1]).sum(), 0, 1))
            count = max(done, int(np.floor(share * len(order) + 1e-9)))
            reuse = [int(i) for i in order[done:count]]
            done = count
            if reuse:
                ids -= set(reuse)
                decisions.append({**decision(layer, ids, dict(computed=ids)), "reuse": sorted(reuse)})
        task, entropies = [], []
        attention = query.text[scaled_layer(self.p["attentionLayer"], self.shape.layers)]
        for ids_of_view in self.shape.view_ids():
            task += best(ids_of_view, attention[ids_of_view], per_256(self.p["taskTokens"], len(ids_of_view)))
        for layer in range(1, self.shape.layers + 1):
            p = query.text[layer] / query.text[layer].sum()
            entropies.append(-(p * np.log(p)).sum())
        self.before = dict(task=task, entropy=entropies)
        return decisions
