"""CDPruner: greedy determinant of the relevance-weighted kernel, computed with determinants themselves."""

import numpy as np

from .common import best, cosines, decision, removal

DEFAULTS = dict(layer=0, keep=0.222, budget=0.0)

CASES = [
    dict(name="defaults", shape=dict(width=24)),
    dict(name="behind a layer", shape=dict(width=24), parameters=dict(layer=6, keep=0.4)),
    dict(name="more tokens than dimensions", parameters=dict(keep=0.5)),
    dict(name="by budget", shape=dict(width=24), parameters=dict(budget=0.25)),
    dict(name="everything kept", parameters=dict(keep=1.0)),
    dict(name="one token left", parameters=dict(keep=0.0)),
    dict(name="ties: all rows alike", hidden_levels=0, parameters=dict(keep=0.3)),
]


class Episode:
    def __init__(self, shape, parameters):
        self.shape, self.p = shape, {**DEFAULTS, **parameters}

    def query(self, query):
        layer, count = removal(self.p, self.shape, 0)
        visual, text = query.hidden[layer][: self.shape.visual], query.hidden[layer][self.shape.text_rows()]
        relevance = cosines(visual, text).mean(1)
        span = relevance.max() - relevance.min()
        weight = (relevance - relevance.min()) / span if span > 0 else np.ones_like(relevance)
        kernel = weight[:, None] * cosines(visual, visual) * weight[None, :]
        chosen = []
        while len(chosen) < count:
            # The gain of a token is det(L with it) / det(L without) = its Schur complement.
            inverse = np.linalg.inv(kernel[np.ix_(chosen, chosen)])
            cross = kernel[:, chosen]
            gain = np.diag(kernel) - np.einsum("ij,jk,ik->i", cross, inverse, cross)
            gain[chosen] = -np.inf
            if gain.max() < 1e-9:
                break
            chosen.append(int(np.argmax(gain)))
        others = [i for i in range(self.shape.visual) if i not in chosen]
        kept = chosen + best(others, weight[others], count - len(chosen))
        return [decision(layer, kept, {"relevant and different": kept})]
