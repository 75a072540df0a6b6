"""VLA-ADP: relevance to the words, a fixed share of each view, and a gate by displacement."""

import numpy as np

from .common import best, decision, half_up, removal

DEFAULTS = dict(
    layer=0, keep=0.5, budget=0.0, frontShare=0.4, scoreSource="attention", gate=True, displacement="path", streak=3
)  # fmt: skip

PRESETS = {"as-released": dict(keep=0.75, displacement="net"), "paper": dict(keep=0.5, displacement="path")}

CASES = [
    dict(name="defaults", queries=9),
    dict(name="as released", queries=9, preset="as-released"),
    dict(name="embedding", queries=6, parameters=dict(scoreSource="embedding")),
    dict(name="no gate", parameters=dict(gate=False, keep=0.2, frontShare=0.7)),
    dict(name="a view overflows", parameters=dict(gate=False, keep=0.9, frontShare=0.1)),
    dict(name="standing still", queries=7, speed=0.0),
    dict(name="a new instruction opens the gate", instructions=["a"] * 4 + ["b"] * 5),
    dict(name="by budget", parameters=dict(gate=False, budget=0.25)),
    dict(name="everything kept", parameters=dict(gate=False, keep=1.0)),
    dict(name="one token left", parameters=dict(gate=False, keep=0.0)),
]


class Episode:
    def __init__(self, shape, parameters, preset=None):
        self.shape, self.p = shape, {**DEFAULTS, **PRESETS.get(preset, {}), **parameters}
        self.instruction = None

    def decide_gate(self, query):
        if query.instruction != self.instruction:
            self.instruction, self.windows, self.pruned = query.instruction, [], []
            state = False
        else:
            steps = query.executed[:, :3].astype(np.float64)
            way = np.linalg.norm(steps, axis=1).sum() if self.p["displacement"] == "path" else np.linalg.norm(steps.sum(0))
            state = self.pruned[-1]
            if len(self.windows) >= 2:
                state = not way < min(self.windows[-2:])
            if len(self.pruned) >= self.p["streak"] and all(self.pruned[-self.p["streak"] :]):
                state = False
            self.windows.append(way)
        self.pruned.append(state)
        return state

    def query(self, query):
        prune = self.decide_gate(query)
        if self.p["gate"] and not prune:
            return []
        attention = self.p["scoreSource"] == "attention"
        layer, count = removal(self.p, self.shape, int(attention))
        n = self.shape.visual
        if attention:
            score = query.text[layer]
        else:
            normal = lambda x: (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5)
            words, tokens = normal(query.hidden[layer][self.shape.text_rows()]), normal(query.hidden[layer][:n])
            score = (words @ tokens.T / np.sqrt(self.shape.width)).mean(0)
        front, wrist = self.shape.view_ids()
        of_front = min(len(front), half_up(self.p["frontShare"] * count))
        of_wrist = min(len(wrist), count - of_front)
        of_front = count - of_wrist
        sets = dict(front=best(front, score[front], of_front), wrist=best(wrist, score[wrist], of_wrist))
        return [decision(layer, sets["front"] + sets["wrist"], sets)]
