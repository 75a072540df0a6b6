"""Opens a dataset with the official LeRobot reader and prints what it finds.

    python training/check_lerobot.py public/episodes/object

Needs `pip install lerobot==0.4.4` (Python 3.11). Exit status 0 means that every check passed. The pixel checksum is
computed twice, from what the reader returns and from `index.json` beside the dataset when it holds the files' hashes:
the reader's floats are turned back into bytes, so one changed pixel changes the checksum.

    python training/check_lerobot.py --write-sample DIRECTORY

writes a tiny dataset with the official writer, on which the project's own reader is tested.
"""

import argparse
import hashlib
import io
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from lerobot.datasets.lerobot_dataset import LeRobotDataset
from PIL import Image


def bytes_of(image) -> bytes:
    """Pixels of a `[3, height, width]` float tensor in [0, 1], as the bytes that were recorded."""
    return np.rint(image.numpy().transpose(1, 2, 0) * 255).astype(np.uint8).tobytes()


def raw_pixel_checksum(root: Path, camera_keys: list[str]) -> str:
    """SHA-256 over the PNG pixels of all frames, read from the parquet files without LeRobot."""
    digest = hashlib.sha256()
    for path in sorted((root / "data").glob("*/*.parquet")):
        table = pq.read_table(path, columns=camera_keys)
        for row in table.to_pylist():
            for key in camera_keys:
                digest.update(np.asarray(Image.open(io.BytesIO(row[key]["bytes"])).convert("RGB")).tobytes())
    return digest.hexdigest()


def describe(name: str, values: np.ndarray) -> None:
    print(f"  {name:32} {values.dtype!s:8} {str(list(values.shape[1:])):14} min {values.min():.6g}  max {values.max():.6g}")


def check(root: Path) -> None:
    dataset = LeRobotDataset(f"local/{root.name}", root=root)
    meta = dataset.meta
    print(f"dataset   {root.name}: format {meta.info['codebase_version']}, robot {meta.robot_type}, {meta.fps} frames a second")
    print(f"length    {len(dataset)} frames in {dataset.num_episodes} episodes")
    print(f"cameras   {', '.join(meta.camera_keys)}")
    print(f"tasks     {len(meta.tasks)}")
    for text, row in meta.tasks.iterrows():
        print(f"  {row['task_index']}  {text}")

    cameras = sorted(meta.camera_keys)
    pixels = hashlib.sha256()
    columns: dict[str, list[np.ndarray]] = {}
    for i in range(len(dataset)):
        item = dataset[i]
        for key in cameras:
            pixels.update(bytes_of(item[key]))
        for key in meta.features:
            columns.setdefault(key, []).append(item[key].numpy())
        assert isinstance(item["task"], str) and item["task"] in meta.tasks.index

    print("columns   (dtype and shape as the reader returns them)")
    for key, values in columns.items():
        stacked = np.stack(values)
        describe(key, stacked)
        expected = meta.features[key]["shape"]
        got = stacked.shape[1:] or (1,)
        if key in cameras:
            got = (got[1], got[2], got[0])
        assert tuple(got) == tuple(expected), f"{key}: {got} instead of {expected}"
        if meta.stats and key in meta.stats and key not in cameras and stacked.dtype != bool:
            low, high = meta.stats[key]["min"], meta.stats[key]["max"]
            flat = stacked.reshape(len(stacked), -1)
            assert np.allclose(flat.min(0), low, atol=1e-6) and np.allclose(flat.max(0), high, atol=1e-6), key

    for episode in meta.episodes:
        first, last = episode["dataset_from_index"], episode["dataset_to_index"]
        assert last - first == episode["length"]
        assert set(int(v) for v in np.stack(columns["episode_index"])[first:last].ravel()) == {episode["episode_index"]}

    expected = raw_pixel_checksum(root, cameras)
    print(f"pixels    sha256 {pixels.hexdigest()} (LeRobot)")
    print(f"          sha256 {expected} (PNG bytes in the parquet files)")
    assert pixels.hexdigest() == expected, "LeRobot returns other pixels than were recorded"

    listing = root / "index.json"
    if listing.exists():
        index = json.loads(listing.read_text())
        files = [*index["files"], *(episode["file"] for episode in index["episodes"])]
        for file in files:
            assert hashlib.sha256((root / file["path"]).read_bytes()).hexdigest() == file["sha256"], file["path"]
        print(f"files     {len(files)} files have the hashes of index.json")
    print("all checks passed")


def write_sample(root: Path) -> None:
    size = 16
    image = {"dtype": "image", "shape": (size, size, 3), "names": ["height", "width", "channels"]}
    features = {
        "observation.images.front": image,
        "observation.images.wrist": image,
        "observation.state": {"dtype": "float32", "shape": (3,), "names": ["x", "y", "z"]},
        "action": {"dtype": "float32", "shape": (7,), "names": None},
    }
    dataset = LeRobotDataset.create("local/sample", fps=20, features=features, root=root, robot_type="test", use_videos=False)
    for episode, (frames, task) in enumerate([(3, "put the red cube in the tray"), (2, "put the blue brick in the tray")]):
        for frame in range(frames):
            pixels = np.arange(size * size * 3, dtype=np.uint8).reshape(size, size, 3)
            dataset.add_frame(
                {
                    "observation.images.front": pixels + np.uint8(10 * episode + frame),
                    "observation.images.wrist": pixels[::-1].copy(),
                    "observation.state": np.full(3, episode + frame / 10, np.float32),
                    "action": np.full(7, frame / 10, np.float32),
                    "task": task,
                }
            )
        dataset.save_episode()
    dataset.finalize()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--write-sample", action="store_true")
    arguments = parser.parse_args()
    if arguments.write_sample:
        write_sample(arguments.directory)
    else:
        check(arguments.directory)
    return 0


if __name__ == "__main__":
    sys.exit(main())
