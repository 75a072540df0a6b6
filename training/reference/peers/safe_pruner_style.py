"""SAFE-Pruner-style: deep saliency of a keyframe, carried over by likeness."""

import numpy as np

from .common import best, cosines, decision, removal, scaled_layer

DEFAULTS = dict(layer=2, keep=0.25, budget=0.0, deepLayer=30, temperature=0.05, keyframeBelow=0.9)

CASES = [
    dict(name="one keyframe", queries=4, parameters=dict(keyframeBelow=-1.0)),
    dict(name="keyframes by threshold", queries=8, parameters=dict(keyframeBelow=0.2, temperature=0.5)),
    dict(name="always a keyframe", queries=3, parameters=dict(keyframeBelow=1.0)),
    dict(name="before layer 1", queries=3, parameters=dict(layer=0, deepLayer=1, keyframeBelow=-1.0, keep=0.5)),
    dict(name="a new instruction", instructions=["a", "a", "b", "b"], parameters=dict(keyframeBelow=-1.0)),
    dict(name="by budget", queries=3, parameters=dict(budget=0.3, keyframeBelow=-1.0)),
    dict(name="everything kept", queries=3, parameters=dict(keep=1.0, keyframeBelow=-1.0)),
    dict(name="one token left", queries=3, parameters=dict(keep=0.0, keyframeBelow=-1.0)),
]


class Episode:
    def __init__(self, shape, parameters):
        self.shape, self.p = shape, {**DEFAULTS, **parameters}
        self.instruction, self.key = None, None

    def query(self, query):
        if query.instruction != self.instruction:
            self.instruction, self.key = query.instruction, None
        layer, count = removal(self.p, self.shape, 0)
        rows = query.hidden[layer][: self.shape.visual]
        if self.key is not None:
            key_rows, saliency = self.key
            weight = np.exp(cosines(rows, key_rows) / self.p["temperature"])
            score = weight @ saliency / weight.sum(1)
            now, then = score @ rows / score.sum(), saliency @ key_rows / saliency.sum()
            if now @ then / np.sqrt((now @ now) * (then @ then)) >= self.p["keyframeBelow"]:
                kept = best(range(self.shape.visual), score, count)
                return [decision(layer, kept, dict(forecast=kept))]
        deep = max(layer + 1, scaled_layer(self.p["deepLayer"], self.shape.layers))
        self.key = rows, query.action[deep]
        return []
