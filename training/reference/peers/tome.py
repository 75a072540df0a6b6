"""ToMe: bipartite soft matching of each view until its share is left."""

import numpy as np

from .common import cosines, decision, per_view, removal

DEFAULTS = dict(layer=0, keep=0.5, budget=0.0)

CASES = [
    dict(name="defaults"),
    dict(name="behind a layer", parameters=dict(layer=8, keep=0.7)),
    dict(name="several rounds", parameters=dict(keep=0.15)),
    dict(name="ties", hidden_levels=1),
    dict(name="by budget", parameters=dict(budget=0.3)),
    dict(name="nothing merged", parameters=dict(keep=1.0)),
    dict(name="one token left of each view", parameters=dict(keep=0.0)),
]


def merge_view(ids, rows, target):
    """Token ids that are left, with the members of each (a dictionary id -> list of positions)."""
    members = [[i] for i in range(len(ids))]
    names = list(ids)
    while len(names) > target:
        sums = np.array([rows[m].sum(0) for m in members])
        similarity = cosines(sums[0::2], sums[1::2])
        partner, value = similarity.argmax(1), similarity.max(1)
        edges = sorted(range(len(partner)), key=lambda a: (-value[a], a))[: min(len(names) - target, len(names) // 2)]
        for a in edges:
            members[2 * partner[a] + 1] = members[2 * partner[a] + 1] + members[2 * a]
        gone = {2 * a for a in edges}
        names = [name for i, name in enumerate(names) if i not in gone]
        members = [m for i, m in enumerate(members) if i not in gone]
    return dict(zip(names, members))


class Episode:
    def __init__(self, shape, parameters):
        self.shape, self.p = shape, {**DEFAULTS, **parameters}

    def query(self, query):
        layer, count = removal(self.p, self.shape, 0)
        views = self.shape.view_ids()
        kept, replaced = [], {}
        for ids, target in zip(views, per_view(count, [len(ids) for ids in views])):
            rows = query.hidden[layer][ids]
            for name, members in merge_view(ids, rows, target).items():
                kept.append(name)
                if len(members) > 1:
                    replaced[int(name)] = rows[members].mean(0)
        alone = [i for i in kept if i not in replaced]
        return [decision(layer, kept, dict(alone=alone, merged=replaced), replaced or None)]
