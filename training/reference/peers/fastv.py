"""FastV: keep the tokens with the most attention after one early layer."""

from .common import best, decision, removal

DEFAULTS = dict(layer=2, keep=0.5, budget=0.0, scoreRows="action")

CASES = [
    dict(name="defaults"),
    dict(name="text rows, fewer tokens", parameters=dict(scoreRows="text", keep=0.2)),
    dict(name="ties", levels=3),
    dict(name="by budget", parameters=dict(budget=0.3, layer=3)),
    dict(name="a budget that needs an earlier layer", parameters=dict(budget=0.2, layer=8)),
    dict(name="everything kept", parameters=dict(keep=1.0)),
    dict(name="one token left", parameters=dict(keep=0.0)),
]


class Episode:
    """Stateless: every query alone."""

    def __init__(self, shape, parameters):
        self.shape, self.p = shape, {**DEFAULTS, **parameters}

    def query(self, query):
        layer, count = removal(self.p, self.shape, 1)
        scores = query.action if self.p["scoreRows"] == "action" else query.text
        ids = list(range(self.shape.visual))
        kept = best(ids, scores[layer], count)
        return [decision(layer, kept, dict(attention=kept))]
