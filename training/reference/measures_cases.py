"""Golden cases of controls, budget, metrics and statistics."""

import numpy as np

import measures_reference as reference


def relevance_cases():
    rng = np.random.default_rng(55)
    cases = []
    for rows, columns, share in [(1, 1, 0.5), (4, 5, 0.0), (5, 4, 0.2), (6, 6, 0.5), (16, 16, 0.04), (3, 7, 1.0)]:
        mask = np.where(rng.random(rows * columns) < share, rng.integers(0, 16, rows * columns), 0)
        cases.append(dict(rows=rows, columns=columns, mask=mask.tolist(),
                          order=reference.relevance_order(mask, rows, columns)))  # fmt: skip
    return cases


def control_cases():
    views = [(0, 16, 16), (7, 5, 4), (20, 3, 6), (0, 1, 1), (0, 1, 9), (5, 9, 1)]
    counts = lambda n: sorted({k for k in (1, 2, 3, 7, 9, n // 3, n // 2, n - 1, n) if 1 <= k <= n})
    return [
        dict(start=start, rows=rows, columns=columns, count=k, stride=reference.stride_tokens(start, rows * columns, k),
             grid=reference.grid_tokens(start, rows, columns, k))
        for start, rows, columns in views for k in counts(rows * columns)
    ]  # fmt: skip


def budget_cases():
    return [
        dict(keepShare=share, removeAfter=after, layers=layers, budget=reference.budget_of(share, after, layers))
        for layers in (1, 10, 12) for after in (0, 2, 5) if after < layers for share in (0.0, 0.1, 0.35, 1.0)
    ]  # fmt: skip


def agreement_cases(rng):
    cases = []
    for spread, steps in [(0.0, 8), (0.05, 8), (0.5, 4), (1.5, 1), (0.2, 20)]:
        dense = rng.uniform(-1, 1, (8, 7)).astype(np.float32)
        pruned = (dense + spread * rng.standard_normal((8, 7))).astype(np.float32)
        result = {name: float(value) for name, value in reference.agreement(pruned, dense, steps).items()}
        cases.append(dict(steps=steps, pruned=pruned.ravel().tolist(), dense=dense.ravel().tolist(), expected=result))
    return cases


def rotation_cases(rng):
    pairs = [(rng.standard_normal(3) * size, rng.standard_normal(3) * size) for size in (1e-6, 0.05, 0.3, 1.0, 2.0)]
    pairs += [(np.zeros(3), np.array([0, 0, 0.2])), (np.ones(3), np.ones(3)), (np.zeros(3), np.array([0, 3.0, 0]))]
    return [dict(a=a.tolist(), b=b.tolist(), angle=reference.geodesic(a, b)) for a, b in pairs]


def survival_cases(rng):
    cases = []
    for n, layers, at in [(9, 4, (0, 2)), (20, 10, (2, 3, 5, 6)), (5, 3, ()), (6, 3, (1, 3))]:
        alive, removals = np.arange(n), {}
        for layer in at:
            alive = np.sort(rng.permutation(alive)[: max(1, int(len(alive) * 0.6))])
            removals[layer] = alive.tolist()
        depth = reference.survival_depth(n, layers, removals)
        tokens = [int((depth >= layer).sum()) for layer in range(1, layers + 1)]
        cases.append(dict(n=n, layers=layers, removals=[dict(layer=k, keep=v) for k, v in removals.items()],
                          depth=depth.tolist(), tokens=tokens, budget=float(np.mean(tokens) / n)))  # fmt: skip
    return cases


def metrics(rng):
    macs = [dict(tokens=t, width=d, feedForward=f, matrices=m, macs=reference.layer_macs(t, d, f, m))
            for t, d, f, m in [(1, 1, 1, 2), (530, 192, 768, 2), (605, 4096, 11008, 3), (171, 256, 1024, 2)]]  # fmt: skip
    latencies = [np.round(rng.gamma(5, 4, n), 3) for n in (1, 2, 5, 20, 101)]
    quantiles = [dict(values=v.tolist(), p50=float(np.quantile(v, 0.5)), p95=float(np.quantile(v, 0.95)),
                      mean=float(v.mean())) for v in latencies]  # fmt: skip
    return dict(agreement=agreement_cases(rng), rotation=rotation_cases(rng), survival=survival_cases(rng), macs=macs,
                latency=quantiles, controls=control_cases(), relevance=relevance_cases(), budget=budget_cases())  # fmt: skip


def statistics(rng):
    wilson = []
    for successes, trials in [(0, 1), (1, 1), (0, 20), (20, 20), (7, 10), (48, 50), (481, 500)]:
        for confidence in (0.8, 0.95, 0.999):
            low, high = reference.wilson(successes, trials, confidence)
            wilson.append(dict(successes=successes, trials=trials, confidence=confidence, low=low, high=high))
    pairs = [(0, 0), (1, 0), (5, 5), (1, 9), (12, 3), (40, 60), (0, 30), (700, 801)]
    mcnemar = [dict(onlyFirst=b, onlySecond=c, p=reference.mcnemar(b, c)) for b, c in pairs]
    bootstraps = []
    for n, groups, confidence in [(1, 1, 0.95), (12, 12, 0.95), (40, 5, 0.95), (30, 4, 0.9)]:
        values = rng.choice([-1.0, 0.0, 0.0, 0.5, 1.0], n)
        labels = list(range(n)) if groups == n else rng.integers(0, groups, n).tolist()
        expected = reference.bootstrap(values, labels, 300, confidence, 77 + n)
        bootstraps.append(dict(differences=values.tolist(), clusters=None if groups == n else labels, samples=300,
                               confidence=confidence, seed=77 + n, expected=expected))  # fmt: skip
    return dict(wilson=wilson, mcnemar=mcnemar, bootstrap=bootstraps)
