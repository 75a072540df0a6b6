"""DART: pivots by L1 norm, then the least similar tokens of each pivot in turn."""

import numpy as np

from .common import cosines, decision, removal

DEFAULTS = dict(layer=2, keep=0.222, budget=0.0, visualPivots=4, textPivots=4)

CASES = [
    dict(name="defaults"),
    dict(name="more tokens, later layer", parameters=dict(layer=5, keep=0.6)),
    dict(name="few pivots", parameters=dict(visualPivots=1, textPivots=2, keep=0.5)),
    dict(name="no visual pivots", parameters=dict(visualPivots=0, keep=0.5)),
    dict(name="no pivots at all", parameters=dict(visualPivots=0, textPivots=0, keep=0.25)),
    dict(name="ties", hidden_levels=1, parameters=dict(keep=0.5)),
    dict(name="by budget", parameters=dict(budget=0.5)),
    dict(name="everything kept", parameters=dict(keep=1.0)),
    dict(name="one token left", parameters=dict(keep=0.0)),
]


class Episode:
    def __init__(self, shape, parameters):
        self.shape, self.p = shape, {**DEFAULTS, **parameters}

    def query(self, query):
        layer, count = removal(self.p, self.shape, 0)
        visual, text = query.hidden[layer][: self.shape.visual], query.hidden[layer][self.shape.text_rows()]
        longest = lambda rows, k: np.argsort(-np.abs(rows).sum(1), kind="stable")[:k]
        pivots = longest(visual, min(count, self.p["visualPivots"]))
        vectors = np.concatenate([visual[pivots], text[longest(text, self.p["textPivots"])]])
        left, rest, chosen = [i for i in range(self.shape.visual) if i not in pivots], count - len(pivots), []
        for i, similarity in enumerate(cosines(vectors, visual)):
            part = rest // len(vectors) + (i < rest % len(vectors))
            taken = sorted(left, key=lambda j: (similarity[j], j))[:part]
            chosen += taken
            left = [j for j in left if j not in taken]
        if len(vectors) == 0:
            chosen = left[:rest]
        return [decision(layer, [*pivots, *chosen], dict(pivot=pivots, different=chosen))]
