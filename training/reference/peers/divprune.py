"""DivPrune: greedy max-min diversity of the embeddings."""

import numpy as np

from .common import cosines, decision, removal

DEFAULTS = dict(layer=0, keep=0.098, budget=0.0)

CASES = [
    dict(name="defaults"),
    dict(name="behind a layer", parameters=dict(layer=5, keep=0.4)),
    dict(name="ties: few different rows", hidden_levels=1, parameters=dict(keep=0.3)),
    dict(name="by budget", parameters=dict(budget=0.15)),
    dict(name="everything kept", parameters=dict(keep=1.0)),
    dict(name="one token left", parameters=dict(keep=0.0)),
    dict(name="all but one", parameters=dict(keep=0.97)),
]


def max_min(rows, count):
    """Positions chosen, in order."""
    distance = 1 - cosines(rows, rows)
    np.fill_diagonal(distance, -1.0)  # the smallest of its column, so that the second smallest is the neighbour
    chosen = [int(np.argmax(np.sort(distance, axis=0)[1]))]
    while len(chosen) < count:
        nearest = distance[chosen].min(axis=0)
        nearest[chosen] = -np.inf
        chosen.append(int(np.argmax(nearest)))
    return chosen


class Episode:
    def __init__(self, shape, parameters):
        self.shape, self.p = shape, {**DEFAULTS, **parameters}

    def query(self, query):
        layer, count = removal(self.p, self.shape, 0)
        kept = max_min(query.hidden[layer][: self.shape.visual], count)
        return [decision(layer, kept, dict(diverse=kept))]
