"""TEAM-VLA: expand around patches that resemble a word, later merge everything into anchors."""

import numpy as np

from .common import best, cosines, decision, half_up, per_view, scaled_layer, stage_shares, whole
from .draws import seed_for, shuffled

DEFAULTS = dict(threshold=1.0, window=3, context=0.1, layer=16, anchors=80, budget=0.0)

CASES = [
    dict(name="defaults"),
    dict(name="lower threshold, more anchors", parameters=dict(threshold=0.0, anchors=200)),
    dict(name="no expansion, no context", parameters=dict(window=1, context=0.0)),
    dict(name="nothing but context", parameters=dict(threshold=5.0, context=0.5)),
    dict(name="nothing at all", parameters=dict(threshold=5.0, context=0.0)),
    dict(name="no merging", parameters=dict(layer=32, threshold=-1.0)),
    dict(name="by budget", parameters=dict(budget=0.3)),
    dict(name="by budget without context", parameters=dict(budget=0.5, context=0.0)),
    dict(name="by a tiny budget", parameters=dict(budget=0.02, context=0.5)),
    dict(name="by budget, only context", parameters=dict(budget=0.3, context=1.0)),
    dict(name="everything kept", parameters=dict(budget=1.0)),
    dict(name="ties", levels=3, hidden_levels=1, parameters=dict(budget=0.4)),
]


class Episode:
    def __init__(self, shape, parameters):
        self.shape, self.p, self.count = shape, {**DEFAULTS, **parameters}, 0
        self.merge_layer = scaled_layer(self.p["layer"], shape.layers)
        self.anchors, self.first = whole(self.p["anchors"] / 512, shape.visual), None
        if self.p["budget"] > 0:
            stages = [(0, 196 / 512)] + [(self.merge_layer, self.p["anchors"] / 512)] * (self.merge_layer < shape.layers)
            shares = stage_shares(stages, self.p["budget"], shape.layers)
            total = whole(shares[0][1], shape.visual)
            self.first = per_view(total, [rows * columns for _, rows, columns in shape.views])
            self.anchors = whole(shares[-1][1], shape.visual)

    def expand(self, name, rows, columns, likeness, target):
        """Positions kept by expansion and by chance, within a view."""
        reach = self.p["window"] // 2
        padded = np.pad(likeness.reshape(rows, columns), reach, constant_values=-np.inf)
        size = 2 * reach + 1
        around = np.lib.stride_tricks.sliding_window_view(padded, (size, size)).max((2, 3)).ravel()
        n, u = rows * columns, self.p["context"]
        if target is None:
            # Seeds first, then every patch that has one in its window: the same as a limit on the greatest neighbour.
            seeds = likeness >= likeness.mean() + self.p["threshold"] * likeness.std()
            near = np.pad(seeds.reshape(rows, columns), reach)
            expanded = np.flatnonzero(np.lib.stride_tricks.sliding_window_view(near, (size, size)).any((2, 3)).ravel())
        else:
            wish = half_up((target - u * n) / (1 - u)) if u < 1 else 1
            order = sorted(range(n), key=lambda i: (-around[i], -likeness[i], i))
            expanded = np.array(order[: max(1, min(wish, target))])
        others = [i for i in range(n) if i not in expanded]
        drawn = half_up(u * len(others)) if target is None else target - len(expanded)
        seed = seed_for(0, f"team-vla/0/{self.count}/{name}")
        return expanded, np.array(shuffled(seed, others)[:drawn], dtype=int)

    def query(self, query):
        text = query.hidden[0][self.shape.text_rows()]
        expanded, drawn = [], []
        for index, ((name, rows, columns), ids) in enumerate(zip(self.shape.views, self.shape.view_ids())):
            likeness = cosines(query.hidden[0][ids], text).max(1)
            seeds, chance = self.expand(name, rows, columns, likeness, None if self.first is None else self.first[index])
            expanded += list(ids[seeds])
            drawn += list(ids[chance])
        self.count += 1
        kept = sorted([*expanded, *drawn])
        sets = dict(expanded=expanded, context=drawn)
        if not kept:
            kept, sets = [0], dict(expanded=[0])
        decisions = [decision(0, kept, sets)]
        if self.merge_layer < self.shape.layers and self.anchors < len(kept):
            layer = self.merge_layer
            score = (query.action[layer] + query.text[layer])[kept]
            anchors = best(kept, score, self.anchors)
            others = [i for i in kept if i not in anchors]
            s, t = query.hidden[layer][anchors], query.hidden[layer][others]
            norm = lambda x: x / np.sqrt((x * x).mean(1, keepdims=True) + 1e-6)
            logits = norm(t) @ norm(s).T / np.sqrt(self.shape.width)
            weight = np.exp(logits - logits.max(1, keepdims=True))
            weight /= weight.sum(1, keepdims=True)
            merged = (s + weight.T @ t) / (1 + weight.sum(0))[:, None]
            decisions.append(decision(layer, anchors, dict(anchors=anchors), dict(zip(anchors, merged))))
        return decisions
