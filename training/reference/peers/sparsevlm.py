"""SparseVLM: three removals by the words' attention, with recycling by density peaks."""

import numpy as np

from .common import best, decision, scaled_layer, stage_shares, whole

COUNTS = {"192": (300, 200, 110), "128": (303, 110, 36), "96": (238, 48, 26), "64": (66, 30, 17)}

DEFAULTS = dict(retained="192", budget=0.0, recycle=True, scoreSource="attention")

WIDE = dict(views=(("front", 8, 9), ("wrist", 6, 8)), width=5)

CASES = [
    dict(name="defaults", queries=1, shape=WIDE),
    dict(name="few retained, all stages apart", queries=1, parameters=dict(retained="64"), shape={**WIDE, "layers": 16}),
    dict(name="without recycling", parameters=dict(recycle=False, retained="128")),
    dict(name="raters", parameters=dict(scoreSource="raters", retained="96")),
    dict(name="raters without recycling", parameters=dict(scoreSource="raters", recycle=False)),
    dict(name="ties", queries=1, levels=3, hidden_levels=1, shape=WIDE),
    dict(name="by budget", queries=1, parameters=dict(budget=0.4), shape=WIDE),
    dict(name="a budget too small to recycle", parameters=dict(budget=0.05)),
    dict(name="everything kept", parameters=dict(budget=1.0)),
]


def softmax(x, axis):
    x = np.exp(x - x.max(axis, keepdims=True))
    return x / x.sum(axis, keepdims=True)


def recycled_counts(dropped):
    chosen = int(np.floor(0.3 * dropped + 1e-9))
    return chosen, (chosen // 10 + 1 if chosen else 0)


def density_peaks(rows, count):
    """Centres and the members of each (positions)."""
    n = len(rows)
    distance = np.sqrt(((rows[:, None] - rows[None]) ** 2).sum(-1) / rows.shape[1])
    nearest = np.sort(distance, 1)[:, :5]
    density = np.exp(-(nearest**2).sum(1) / nearest.shape[1])
    order = sorted(range(n), key=lambda i: (-density[i], i))
    separation = np.empty(n)
    separation[order[0]] = distance.max()
    for place, i in enumerate(order[1:], 1):
        separation[i] = distance[i, order[:place]].min()
    score = density * separation
    centres = sorted(range(n), key=lambda i: (-score[i], i))[:count]
    owner = distance[:, centres].argmin(1)
    owner[centres] = np.arange(count)
    return centres, [np.flatnonzero(owner == c) for c in range(count)]


class Episode:
    def __init__(self, shape, parameters):
        self.shape, self.p = shape, {**DEFAULTS, **parameters}

    def stages(self):
        found = {}
        for layer, tokens in zip((2, 6, 15), COUNTS[self.p["retained"]]):
            found[scaled_layer(layer, self.shape.layers)] = tokens / 576
        found = [(layer, share) for layer, share in found.items() if layer < self.shape.layers]
        return stage_shares(found, self.p["budget"], self.shape.layers) if self.p["budget"] > 0 else found

    def score(self, query, layer, ids, raters):
        if self.p["scoreSource"] == "attention":
            return query.text[layer][ids]
        visual, text = query.hidden[layer][ids], query.hidden[layer][self.shape.text_rows()][raters]
        return softmax(text @ visual.T / np.sqrt(visual.shape[1]), 1).mean(0)

    def query(self, query):
        n = self.shape.visual
        embedded = query.hidden[0]
        relation = softmax(embedded[:n] @ embedded[self.shape.text_rows()].T, 1).mean(0)
        raters = np.flatnonzero(relation > relation.mean() * (1 + 1e-12))
        raters = raters if len(raters) else np.arange(self.shape.words)
        ids, decisions = list(range(n)), []
        for layer, share in self.stages():
            total = whole(share, n)
            if total >= len(ids):
                continue
            kept_count, recycle = total, self.p["recycle"]
            if recycle and self.p["budget"] > 0:
                fitting = [k for k in range(1, total + 1) if k + recycled_counts(len(ids) - k)[1] <= total]
                kept_count, recycle = (max(fitting), True) if fitting else (total, False)
            score = self.score(query, layer, ids, raters)
            kept = best(ids, score, kept_count)
            dropped = [i for i in ids if i not in kept]
            chosen, clusters = recycled_counts(len(dropped))
            if not recycle or clusters == 0:
                decisions.append(decision(layer, kept, dict(attended=kept)))
                ids = kept
                continue
            chosen = best(dropped, [score[ids.index(i)] for i in dropped], chosen)
            rows = query.hidden[layer][chosen]
            centres, members = density_peaks(rows, clusters)
            replaced = {chosen[c]: rows[m].mean(0) for c, m in zip(centres, members)}
            ids = sorted([*kept, *replaced])
            decisions.append(decision(layer, ids, dict(attended=kept, recycled=replaced), replaced))
        return decisions
