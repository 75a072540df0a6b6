"""Golden cases of paired comparisons: counts, exact McNemar, clustered bootstrap, Holm's adjustment."""

import numpy as np

import measures_reference as reference


def holm(p):
    """Holm (1979): the i-th smallest of m values times m - i, made monotone."""
    p = np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    scaled = np.minimum(1, p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.maximum.accumulate(scaled) if len(p) else scaled
    return adjusted


def comparison(first, second, labels, samples, seed):
    first, second = np.asarray(first, bool), np.asarray(second, bool)
    b, c = int((first & ~second).sum()), int((~first & second).sum())
    groups = labels if len(set(labels)) > 1 else list(range(len(first)))
    interval = reference.bootstrap(second.astype(float) - first, groups, samples, 0.95, seed)
    return dict(pairs=len(first), both=int((first & second).sum()), onlyFirst=b, onlySecond=c,
                neither=int((~first & ~second).sum()), mcnemarP=reference.mcnemar(b, c),
                difference=float(second.mean() - first.mean()), bootstrap95=[interval["low"], interval["high"]],
                clusters=len(set(groups)))  # fmt: skip


def cases():
    rng = np.random.default_rng(19790402)
    compared = []
    for n, tasks, rates in [(1, 1, (1, 0)), (20, 1, (0.8, 0.6)), (60, 10, (0.7, 0.7)), (150, 7, (0.9, 0.6))]:
        first, second = (rng.random(n) < rate for rate in rates)
        labels = [f"task {k}" for k in rng.integers(0, tasks, n)]
        expected = comparison(first, second, labels, 400, 5 + n)
        compared.append(dict(first=first.tolist(), second=second.tolist(), clusters=labels, samples=400, seed=5 + n,
                             expected=expected))  # fmt: skip
    adjusted = [[], [0.2], [0.04, 0.01, 0.03], [0.5, 0.5, 0.9, 0.001], rng.random(9).round(4).tolist()]
    return dict(compared=compared, holm=[dict(p=p, adjusted=holm(p).tolist()) for p in adjusted])
