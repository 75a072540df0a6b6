"""VLA-IAP-style: edges, meaning and motion in standard deviations, two phases."""

import numpy as np

from .common import best, cosines, decision, removal

DEFAULTS = dict(layer=0, keep=0.75, budget=0.0, keepLocked=0.4, maskDeviations=1.0, lockOverlap=0.2)

CASES = [
    dict(name="defaults", queries=5),
    dict(name="low limits, so that it locks on", queries=5, parameters=dict(maskDeviations=0.2, lockOverlap=0.22)),
    dict(name="never locked", queries=3, parameters=dict(lockOverlap=1.0, keep=0.3)),
    dict(name="always locked", queries=3, parameters=dict(lockOverlap=0.0)),
    dict(name="behind a layer", parameters=dict(layer=6)),
    dict(name="by budget", parameters=dict(budget=0.2)),
    dict(name="everything kept", parameters=dict(keep=1.0, lockOverlap=1.0)),
    dict(name="one token left", parameters=dict(keep=0.0, lockOverlap=1.0)),
]


def deviations(x):
    return (x - x.mean()) / x.std() if x.std() > 0 else np.zeros_like(x)


def grey(image):
    return image.astype(np.float64) @ np.array([299.0, 587.0, 114.0])


def patch_mean(pixels, rows, columns):
    height, width = pixels.shape
    return pixels.reshape(rows, height // rows, columns, width // columns).mean((1, 3)).ravel()


def sobel(light):
    p = np.pad(light, 1, mode="edge")
    smooth_y = p[:-2] + 2 * p[1:-1] + p[2:]
    smooth_x = p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:]
    return np.hypot(smooth_y[:, 2:] - smooth_y[:, :-2], smooth_x[2:] - smooth_x[:-2])


class Episode:
    def __init__(self, shape, parameters):
        self.shape, self.p = shape, {**DEFAULTS, **parameters}

    def query(self, query):
        edges, motion, meaning = [], [], []
        layer, _ = removal(self.p, self.shape, 0)
        text = query.hidden[layer][self.shape.text_rows()]
        for (name, rows, columns), ids in zip(self.shape.views, self.shape.view_ids()):
            light = grey(query.frames[-1][name])
            edges.append(deviations(patch_mean(sobel(light), rows, columns)))
            change = np.zeros_like(light)
            if len(query.executed):
                change = np.abs(light - grey(query.frames[-1 - len(query.executed)][name]))
            motion.append(deviations(patch_mean(change, rows, columns)))
            meaning.append(deviations(cosines(query.hidden[layer][ids], text).mean(1)))
        edges, motion, meaning = (np.concatenate(x) for x in (edges, motion, meaning))
        meant, moving = meaning >= self.p["maskDeviations"], motion >= self.p["maskDeviations"]
        either = (meant | moving).sum()
        overlap = (meant & moving).sum() / either if either else 0.0
        share = self.p["keepLocked"] if overlap >= self.p["lockOverlap"] else self.p["keep"]
        _, count = removal({**self.p, "keep": share}, self.shape, 0)
        kept = best(range(self.shape.visual), edges + meaning + motion, count)
        return [decision(layer, kept, dict(priors=kept))]
