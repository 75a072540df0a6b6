"""EfficientVLA, tokens only: key tokens, relevant tokens, tokens that differ from the key ones."""

import numpy as np

from .common import best, cosines, decision, half_up, removal

DEFAULTS = dict(layer=2, keep=0.438, budget=0.0, keyTokens=8, relevantShare=0.5)

CASES = [
    dict(name="defaults"),
    dict(name="preset", preset="tokens-56", parameters=dict()),
    dict(name="many key tokens", parameters=dict(keyTokens=40, relevantShare=0.3)),
    dict(name="only different ones", parameters=dict(relevantShare=0.0)),
    dict(name="ties", levels=3, hidden_levels=1),
    dict(name="by budget", parameters=dict(budget=0.5)),
    dict(name="everything kept", parameters=dict(keep=1.0)),
    dict(name="one token left", parameters=dict(keep=0.0)),
]

PRESETS = {"tokens-56": dict(keep=0.219)}


class Episode:
    def __init__(self, shape, parameters, preset=None):
        self.shape, self.p = shape, {**DEFAULTS, **PRESETS.get(preset, {}), **parameters}

    def query(self, query):
        layer, count = removal(self.p, self.shape, 1)
        rows, score = query.hidden[layer][: self.shape.visual], query.text[layer]
        keys = min(count, max(1, half_up(self.p["keyTokens"] * self.shape.visual / 256)))
        relevant_count = int(np.floor(self.p["relevantShare"] * (count - keys) + 1e-9))
        everything = list(range(self.shape.visual))
        key = best(everything, score, keys)
        rest = [i for i in everything if i not in key]
        relevant = best(rest, score[rest], relevant_count)
        rest = [i for i in rest if i not in relevant]
        unlike = 1 - cosines(rows[rest], rows[key]).max(1) if rest else np.zeros(0)
        diverse = best(rest, unlike, count - keys - relevant_count)
        return [decision(layer, [*key, *relevant, *diverse], dict(key=key, relevant=relevant, diverse=diverse))]
