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


def half_up(value):
    return int(math.floor(value + 0.5))


def scaled_layer(layer, layers):
    """A layer printed for 32 layers; 0 stays 0."""
    return 0 if layer == 0 else min(layers, max(1, half_up(layer * layers / 32)))


def keep_count(keep, budget, layer, shape):
    """Visual tokens kept of all views together; ``layer`` is already scaled."""
    if budget > 0:
        keep = 1.0 if layer >= shape.layers else min(1.0, max(0.0, (budget * shape.layers - layer) / (shape.layers - layer)))
    return min(shape.visual, max(1, half_up(keep * shape.visual)))


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
