"""VLA-Pruner: semantic and smoothed action attention, filtered by diversity of the embeddings."""

import numpy as np

from .common import best, decision, removal, scaled_layer
from .divprune import max_min

DEFAULTS = dict(layer=3, keep=0.25, budget=0.0, scoreRows="text", historyLayer=15, history=3, decay=0.8, weightOrder="newest")

PRESETS = {"as-released": dict(weightOrder="oldest"), "paper": {}}

CASES = [
    dict(name="defaults", queries=6),
    dict(name="as released", queries=6, preset="as-released"),
    dict(name="later removal, action rows", queries=4, parameters=dict(layer=8, scoreRows="action", history=2, keep=0.4)),
    dict(name="removal behind the history layer", queries=4, parameters=dict(layer=24, history=1)),
    dict(name="a new instruction empties the history", instructions=["a", "a", "a", "b", "b", "b", "b"], parameters=dict(history=2)),
    dict(name="ties", queries=5, levels=3, hidden_levels=1),
    dict(name="by budget", queries=4, parameters=dict(budget=0.3, history=1)),
    dict(name="everything kept", queries=4, parameters=dict(keep=1.0)),
    dict(name="one token left", queries=4, parameters=dict(keep=0.0)),
]


class Episode:
    def __init__(self, shape, parameters, preset=None):
        self.shape, self.p = shape, {**DEFAULTS, **PRESETS.get(preset, {}), **parameters}
        self.instruction, self.past = None, []

    def query(self, query):
        if query.instruction != self.instruction:
            self.instruction, self.past = query.instruction, []
        layer, count = removal(self.p, self.shape, 1)
        history_layer = scaled_layer(self.p["historyLayer"], self.shape.layers)
        everything = list(range(self.shape.visual))
        kept, decisions = everything, []
        if len(self.past) >= self.p["history"]:
            window = self.past[-self.p["history"] :]
            powers = self.p["decay"] ** np.arange(1, len(window) + 1)
            newest_first = window[::-1] if self.p["weightOrder"] == "newest" else window
            smoothed = sum(power * scores for power, scores in zip(powers, newest_first))
            rows = query.text if self.p["scoreRows"] == "text" else query.action
            semantic, action = best(everything, rows[layer], count), best(everything, smoothed, count)
            union = np.array(sorted({*semantic, *action}))
            kept = sorted(union[max_min(query.hidden[0][union], count)].tolist()) if count < len(union) else union.tolist()
            sets = dict(semantic=[i for i in kept if i in semantic], action=[i for i in kept if i in action])
            decisions.append(decision(layer, kept, sets))
        alive = kept if layer < history_layer else everything
        seen = np.zeros(self.shape.visual)
        seen[alive] = query.action[history_layer][alive]
        self.past.append(seen)
        return decisions
