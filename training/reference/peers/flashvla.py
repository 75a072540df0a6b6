"""FlashVLA: information contribution by the singular value decomposition itself, and reuse of actions."""

import numpy as np

from .common import best, decision, removal

DEFAULTS = dict(
    layer=2, keep=0.625, budget=0.0, rankTolerance=0.01,
    actionReuse="off", reuseAngle=15.0, reuseOverlap=0.6, reuseLimit=1,
)  # fmt: skip
# Random actions and hidden states agree little: thresholds at which the rule says both yes and no.
LOOSE = dict(reuseAngle=110, reuseOverlap=0.3)

CASES = [
    dict(name="defaults"),
    dict(name="few tokens, later layer", parameters=dict(layer=16, keep=0.2)),
    dict(name="low rank", parameters=dict(rankTolerance=0.8)),
    dict(name="wider than tall", shape=dict(width=40), parameters=dict(keep=0.3)),
    dict(name="by budget", parameters=dict(budget=0.3)),
    dict(name="everything kept", parameters=dict(keep=1.0)),
    dict(name="one token left", parameters=dict(keep=0.0)),
    dict(name="nothing changes", hidden_levels=0),
    dict(name="last action repeated", queries=7, parameters=dict(actionReuse="action", **LOOSE)),
    dict(name="last chunk repeated", queries=7, parameters=dict(actionReuse="chunk", **LOOSE)),
    dict(name="twice in a row", queries=7, parameters=dict(actionReuse="chunk", reuseLimit=2, reuseAngle=180, reuseOverlap=0.3)),
    dict(name="preset, standing still", queries=4, speed=0.0, hidden_levels=0, preset="action-reuse"),
    dict(name="preset, moving straight on", queries=6, straight=True, hidden_levels=0, preset="action-reuse"),
    dict(name="kept sets differ too much", queries=4, straight=True, parameters=dict(actionReuse="action", reuseOverlap=0.95)),
]


class Episode:
    def __init__(self, shape, parameters, preset=None):
        published = dict(actionReuse="action") if preset else {}
        self.shape, self.p = shape, {**DEFAULTS, **published, **parameters}
        self.actions, self.sets, self.chunk, self.in_a_row = np.zeros((0, 7)), [], None, 0

    def query(self, query):
        self.actions = np.concatenate([self.actions, query.executed])[-2:]
        if self.reuses():
            self.in_a_row += 1
            rows = self.actions[-1:] if self.p["actionReuse"] == "action" else self.chunk
            return dict(repeat=np.float32(rows).ravel().tolist())
        self.in_a_row, self.chunk = 0, query.chunk
        return self.prune(query)

    def reuses(self):
        """Both signals of FlashVLA: the direction of the actions and the tokens hardly change."""
        if self.p["actionReuse"] == "off" or min(len(self.sets), len(self.actions)) < 2:
            return False
        a, b = self.actions[:, :6].astype(np.float64)
        length = np.linalg.norm(a) * np.linalg.norm(b)
        angle = np.degrees(np.arccos(np.clip(a @ b / length, -1, 1))) if length > 0 else 180.0
        before, last = map(set, self.sets)
        overlap = len(before & last) / len(before | last)
        return angle < self.p["reuseAngle"] and overlap > self.p["reuseOverlap"] and self.in_a_row < self.p["reuseLimit"]

    def prune(self, query):
        layer, count = removal(self.p, self.shape, 1)
        change = (query.hidden[layer] - query.hidden[layer - 1])[: self.shape.visual]
        u, s, _ = np.linalg.svd(change, full_matrices=False)
        use = (s > 0) & (s >= self.p["rankTolerance"] * s.max())
        kept = best(range(self.shape.visual), np.abs(u[:, use]) @ s[use], count)
        self.sets = [*self.sets, kept][-2:]
        return [decision(layer, kept, dict(information=kept))]
