"""Controls, budget, metrics and statistics in numpy, written from docs/metrics.md as a second opinion on the TypeScript."""

from fractions import Fraction
from math import comb
from statistics import NormalDist

import numpy as np

MASK = 0xFFFFFFFF


# Controls -----------------------------------------------------------------------------------------------------------


def stride_tokens(start, n, count):
    step = Fraction(n, count)
    return [start + int((j + Fraction(1, 2)) * step) for j in range(count)]


def cuts(size, parts):
    return [int(Fraction(i * size, parts)) for i in range(parts + 1)]


def grid_tokens(start, rows, columns, count):
    """Middle patch of `count` cells: bands of rows, each band cut into its part of the cells."""
    ideal = int(np.floor(np.sqrt(count * rows / columns) + 0.5))
    bands = min(rows, count, max(1, ideal, -(-count // columns)))
    row_cuts, cell_cuts = cuts(rows, bands), cuts(count, bands)
    tokens = []
    for band in range(bands):
        row = (row_cuts[band] + row_cuts[band + 1]) // 2
        column_cuts = cuts(columns, cell_cuts[band + 1] - cell_cuts[band])
        tokens += [start + row * columns + (a + b) // 2 for a, b in zip(column_cuts, column_cuts[1:])]
    return sorted(tokens)


def relevance_order(mask, rows, columns):
    """Patches, most relevant first: target (1), gripper (4) and destination (2) in turn, then what lies nearest to them."""
    grid = np.stack(np.divmod(np.arange(rows * columns), columns), axis=1).astype(np.float64)
    queues = []
    for bit in (1, 4, 2):
        own = np.flatnonzero(np.asarray(mask) & bit)
        if len(own):
            square = ((len(own) * grid[own] - grid[own].sum(0)) ** 2).sum(1)  # whole numbers: ties are ties
            queues.append([int(i) for i in own[np.lexsort((own, square))]])
    order = []
    while any(queues):
        for queue in queues:
            while queue and queue[0] in order:
                queue.pop(0)
            if queue:
                order.append(queue.pop(0))
    anchors = grid[order] if order else np.array([[(rows - 1) / 2, (columns - 1) / 2]])
    rest = np.array([i for i in range(rows * columns) if i not in order], dtype=int)
    if len(rest):
        square = ((grid[rest][:, None] - anchors[None]) ** 2).sum(2).min(1)
        order += [int(i) for i in rest[np.lexsort((rest, square))]]
    return order


def budget_of(keep_share, remove_after, layers):
    return float(np.mean([1.0 if layer <= remove_after else keep_share for layer in range(1, layers + 1)]))


# Metrics ------------------------------------------------------------------------------------------------------------


def layer_macs(t, d, f, matrices):
    projections, feed_forward, attention = 4 * t * d * d, matrices * t * d * f, 2 * t * t * d
    return projections + feed_forward + attention


def rotation_matrix(vector):
    """Rodrigues' formula."""
    angle = np.linalg.norm(vector)
    if angle == 0:
        return np.eye(3)
    x, y, z = np.asarray(vector) / angle
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)


def geodesic(a, b):
    """Angle of the rotation that leads from a to b, from the skew part and the trace of the matrix."""
    r = rotation_matrix(a).T @ rotation_matrix(b)
    sine = np.linalg.norm([r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]]) / 2
    return float(np.arctan2(sine, (np.trace(r) - 1) / 2))


def agreement(pruned, dense, steps):
    p, d = pruned[:steps].astype(np.float64), dense[:steps].astype(np.float64)
    translation = np.linalg.norm(p[:, :3] - d[:, :3], axis=1) * 25
    rotation = np.degrees([geodesic(0.15 * a[3:6], 0.15 * b[3:6]) for a, b in zip(p, d)])
    return dict(
        steps=len(p), translationMm=translation.mean(), maxTranslationMm=translation.max(), rotationDeg=rotation.mean(),
        maxRotationDeg=rotation.max(), gripperAgreement=np.mean((p[:, 6] >= 0) == (d[:, 6] >= 0)),
        l1=np.abs(p - d).mean(),
    )  # fmt: skip


def survival_depth(n, layers, removals):
    """removals: {layer: ids kept after it}."""
    alive, depth = np.ones(n, dtype=bool), np.zeros(n, dtype=int)
    for layer in range(layers + 1):
        if layer > 0:
            depth[alive] = layer
        if layer in removals:
            alive &= np.isin(np.arange(n), removals[layer])
    return depth


# Statistics ---------------------------------------------------------------------------------------------------------


def wilson(successes, trials, confidence):
    """The two rates p whose standardised distance to the observed rate is z: roots of a quadratic equation."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate = successes / trials
    roots = np.roots([1 + z * z / trials, -2 * rate - z * z / trials, rate * rate])
    low, high = sorted(float(r.real) for r in roots)
    return low, high


def mcnemar(b, c):
    n, small = b + c, min(b, c)
    return float(min(Fraction(1), Fraction(2 * sum(comb(n, i) for i in range(small + 1)), 2**n)))


def mulberry32(seed):
    state = seed & MASK
    while True:
        state = (state + 0x6D2B79F5) & MASK
        t = ((state ^ (state >> 15)) * (state | 1)) & MASK
        t ^= (t + ((t ^ (t >> 7)) * (t | 61) & MASK)) & MASK
        yield ((t ^ (t >> 14)) & MASK) / 4294967296


def bootstrap(differences, labels, samples, confidence, seed):
    differences = np.asarray(differences, dtype=np.float64)
    names = list(dict.fromkeys(labels))
    members = [differences[[label == name for label in labels]] for name in names]
    stream = mulberry32(seed)
    means = [np.concatenate([members[int(next(stream) * len(names))] for _ in names]).mean() for _ in range(samples)]
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return dict(estimate=float(differences.mean()), low=float(low), high=float(high))
