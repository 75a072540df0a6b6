"""What every reference of a peer needs: sizes, ranking, and the inputs of a query."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Shape:
    """Views, depth and width of a small policy."""

    views: tuple = (("front", 4, 5), ("wrist", 3, 4))
    layers: int = 12
    width: int = 6
    words: int = 4
    queries: int = 8

    @property
    def visual(self):
        return sum(rows * columns for _, rows, columns in self.views)

    @property
    def length(self):
        """Visual tokens, one of proprioception, words, action queries."""
        return self.visual + 1 + self.words + self.queries

    def text_rows(self):
        return np.arange(self.visual + 1, self.visual + 1 + self.words)

    def action_rows(self):
        return np.arange(self.length - self.queries, self.length)

    def view_ids(self):
        """Token ids of each view."""
        start, result = 0, []
        for _, rows, columns in self.views:
            result.append(np.arange(start, start + rows * columns))
            start += rows * columns
        return result


@dataclass
class Query:
    """One query: recorded attention ``[layers + 1, visual]`` (entry 0 unused), hidden ``[layers + 1, length, width]``."""

    step: int
    instruction: str
    frames: list
    text: np.ndarray
    action: np.ndarray
    hidden: np.ndarray
    executed: np.ndarray
    """Actions executed since the previous query, ``[n, 7]``."""
    chunk: np.ndarray
    """What the policy answers, ``[4, 7]``."""


def half_up(value):
    return int(math.floor(value + 0.5))


def scaled_layer(layer, layers):
    """A layer printed for 32 layers; 0 stays 0."""
    return 0 if layer == 0 else min(layers, max(1, half_up(layer * layers / 32)))


def share_of_budget(budget, layer, layers):
    """Share kept behind ``layer`` so that the mean over layers is ``budget``."""
    return 1.0 if layer >= layers else min(1.0, max(0.0, (budget * layers - layer) / (layers - layer)))


def removal(parameters, shape, first_layer):
    """Layer (of this model) and number of visual tokens kept. A budget moves the layer forward if it must."""
    layer = max(first_layer, scaled_layer(parameters["layer"], shape.layers))
    share = parameters["keep"]
    if parameters["budget"] > 0:
        budget = parameters["budget"]
        fitting = [
            l for l in range(first_layer, min(layer, shape.layers - 1) + 1)
            if l == first_layer or share_of_budget(budget, l, shape.layers) >= budget / 2
        ]  # fmt: skip
        layer = max(fitting)
        share = share_of_budget(budget, layer, shape.layers)
    return layer, whole(share, shape.visual)


def whole(share, tokens):
    return min(tokens, max(1, half_up(share * tokens)))


def per_view(count, sizes):
    """Hare quota with largest remainders, at least one each."""
    quota = [count * size / sum(sizes) for size in sizes]
    seats = [int(q) for q in quota]
    for i in sorted(range(len(sizes)), key=lambda i: (-(quota[i] - seats[i]), i))[: count - sum(seats)]:
        seats[i] += 1
    return [min(size, max(1, seat)) for size, seat in zip(sizes, seats)]


def cosines(a, b):
    """Cosine of every row of ``a`` with every row of ``b``; 0 with a zero row."""
    products = np.outer((a * a).sum(1), (b * b).sum(1))
    return np.where(products > 0, (a @ b.T) / np.sqrt(np.where(products > 0, products, 1.0)), 0.0)


def best(ids, scores, count):
    """The ids of the highest scores, ties to the lower id."""
    order = sorted(range(len(ids)), key=lambda i: (-scores[i], ids[i]))
    return sorted(int(ids[i]) for i in order[:count])


def decision(layer, keep, sets=None, replace=None):
    """A decision as the golden file has it; ``replace`` maps token ids to new rows."""
    keep = sorted(int(i) for i in keep)
    value = dict(layer=layer, keep=keep, sets={name: sorted(int(i) for i in ids) for name, ids in (sets or {}).items()})
    if replace is not None:
        ids = sorted(replace)
        value["replace"] = dict(ids=ids, rows=[float(np.float32(x)) for i in ids for x in replace[i]])
    return value


def stage_shares(stages, budget, layers):
    """``[(layer, share)]`` times the one factor (shares at most 1) that meets the budget; exact, between breakpoints."""

    def realised(factor):
        sizes = np.ones(layers)
        for layer, share in stages:
            sizes[layer:] = min(1.0, factor * share)
        return sizes.mean()

    points = [0.0, *sorted(1 / share for _, share in stages)]
    factor = np.interp(budget, [realised(point) for point in points], points)
    return [(layer, min(1.0, factor * share)) for layer, share in stages]
