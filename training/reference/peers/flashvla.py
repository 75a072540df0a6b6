"""FlashVLA, tokens only: information contribution by the singular value decomposition itself."""

import numpy as np

from .common import best, decision, removal

DEFAULTS = dict(layer=2, keep=0.625, budget=0.0, rankTolerance=0.01)

CASES = [
    dict(name="defaults"),
    dict(name="few tokens, later layer", parameters=dict(layer=16, keep=0.2)),
    dict(name="low rank", parameters=dict(rankTolerance=0.8)),
    dict(name="wider than tall", shape=dict(width=40), parameters=dict(keep=0.3)),
    dict(name="by budget", parameters=dict(budget=0.3)),
    dict(name="everything kept", parameters=dict(keep=1.0)),
    dict(name="one token left", parameters=dict(keep=0.0)),
    dict(name="nothing changes", hidden_levels=0),
]


class Episode:
    def __init__(self, shape, parameters):
        self.shape, self.p = shape, {**DEFAULTS, **parameters}

    def query(self, query):
        layer, count = removal(self.p, self.shape, 1)
        change = (query.hidden[layer] - query.hidden[layer - 1])[: self.shape.visual]
        u, s, _ = np.linalg.svd(change, full_matrices=False)
        use = (s > 0) & (s >= self.p["rankTolerance"] * s.max())
        kept = best(range(self.shape.visual), np.abs(u[:, use]) @ s[use], count)
        return [decision(layer, kept, dict(information=kept))]
