"""Golden cases of the peers: each module of ``peers`` with ``CASES`` and ``Episode`` gives one file."""

import base64
import importlib
import pkgutil

import numpy as np

import peers
from peers.common import Query, Shape

SCORE_UNIT = 65536
HIDDEN_UNIT = 64
PIXELS = 2


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def moving_frames(shape, rng, count):
    """Noise images in which a few patches change at every step."""
    current = {name: rng.integers(0, 256, (rows * PIXELS, columns * PIXELS, 3), dtype=np.uint8) for name, rows, columns in shape.views}
    frames = []
    for _ in range(count):
        for name, rows, columns in shape.views:
            image = current[name].copy()
            for _ in range(max(1, rows * columns // 6)):
                y, x = rng.integers(rows) * PIXELS, rng.integers(columns) * PIXELS
                patch = image[y : y + PIXELS, x : x + PIXELS]
                image[y : y + PIXELS, x : x + PIXELS] = np.clip(patch + rng.integers(-90, 91, patch.shape), 0, 255)
            current[name] = image
        frames.append(dict(current))
    return frames


def sixty_fourths(values):
    """Numbers that float32 holds exactly."""
    return np.round(values * 64).astype(np.float32) / 64


def run_case(module, case, seed):
    """The decisions of an episode. A case may set shape, levels, hidden_levels, queries, speed, straight, steps, instructions.

    An episode answers with its decisions, or with ``dict(repeat=actions)`` where it does without the policy.
    """
    rng = np.random.default_rng(seed)
    shape = Shape(**case.get("shape", {}))
    preset = [case["preset"]] if "preset" in case else []
    episode = module.Episode(shape, case.get("parameters", {}), *preset)
    instructions = case.get("instructions", ["lift the cube"] * case.get("queries", 2))
    gap, speed = case.get("steps", 4), case.get("speed", 0.5)
    frames = moving_frames(shape, rng, gap * len(instructions) + 1)
    before, queries = np.zeros((0, 7), np.float32), []
    for index, instruction in enumerate(instructions):
        step = index * gap
        text, action = (rng.integers(1, case.get("levels", 60000), (shape.layers, shape.visual)) for _ in range(2))
        high = case.get("hidden_levels", 127)
        hidden = rng.integers(-high, high + 1, (shape.layers + 1, shape.length, shape.width)).astype(np.int8)
        none = np.full((1, shape.visual), np.nan)
        chunk = sixty_fourths(np.random.default_rng((seed, index)).uniform(-1, 1, (4, 7)))
        query = Query(
            step, instruction, frames[: step + 1], np.concatenate([none, text / SCORE_UNIT]),
            np.concatenate([none, action / SCORE_UNIT]), hidden.astype(np.float64) / HIDDEN_UNIT, before, chunk,
        )  # fmt: skip
        answer = episode.query(query)
        answer = answer if isinstance(answer, dict) else dict(decisions=answer)
        before = sixty_fourths(rng.uniform(-speed, speed, (1 if case.get("straight") else gap, 7)))
        before = np.broadcast_to(before, (gap, 7))
        queries.append(dict(
            step=step, instruction=instruction, text=encode(text.astype(np.uint16)), action=encode(action.astype(np.uint16)),
            hidden=encode(hidden), **answer, executed=before.tolist(),
            **({"chunk": chunk.ravel().tolist()} if hasattr(episode, "chunk") else {}),
        ))  # fmt: skip
    return dict(
        name=case["name"], parameters=case.get("parameters", {}), layers=shape.layers, width=shape.width, words=shape.words,
        pixels=PIXELS, views=[dict(view=name, rows=rows, columns=columns) for name, rows, columns in shape.views],
        frames=[{name: encode(image) for name, image in frame.items()} for frame in frames], queries=queries,
        **({"preset": case["preset"]} if "preset" in case else {}),
    )  # fmt: skip


def files():
    """File name and cases of every peer."""
    for found in pkgutil.iter_modules(peers.__path__):
        module = importlib.import_module(f"peers.{found.name}")
        if hasattr(module, "CASES"):
            name = found.name.replace("_", "-")
            yield f"peers/{name}.json", [run_case(module, case, seed) for seed, case in enumerate(module.CASES)]
