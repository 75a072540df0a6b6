"""In which number format products are computed. On processors the faster one differs from model to model: where there are
instructions for bfloat16 they can be twice as fast as single precision, or half."""

from __future__ import annotations

import time

import torch

PRECISIONS = ("auto", "bfloat16", "float32")
_SHAPES = ((2512, 192, 576), (2512, 768, 192), (192, 2512, 768))
"""Products like those of a training step at the published width."""
_ROUNDS = 12


def choose_precision(precision: str, device: torch.device) -> str:
    """``auto`` is bfloat16 on an accelerator and, on a processor, what multiplies faster on one thread."""
    if precision != "auto":
        return precision
    if device.type != "cpu":
        return "bfloat16"
    return min(("bfloat16", "float32"), key=_seconds)


def _seconds(precision: str) -> float:
    """The shortest time of one product of each shape, s."""
    dtype = getattr(torch, precision)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        pairs = [(torch.randn(rows, inner).to(dtype), torch.randn(inner, columns).to(dtype)) for rows, inner, columns in _SHAPES]
        return sum(min(_timed(a, b) for _ in range(_ROUNDS)) for a, b in pairs)
    finally:
        torch.set_num_threads(threads)


def _timed(a: torch.Tensor, b: torch.Tensor) -> float:
    start = time.perf_counter()
    torch.mm(a, b)
    return time.perf_counter() - start
