"""Proof on two local workers: the result of a Ray run equals that of one process, also when a worker is killed meanwhile.

    python tools/distributed/check_local_cluster.py
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from ray_compare import REPOSITORY, compare_command

CALL = ["--methods", "dense,specprune:paper-v3,random:keep=0.4", "--suite", "object", "--seeds", "0..5",
        "--agreement", "0..1", "--model", "tiny", "--horizon", "16", "--bootstrap", "500"]  # fmt: skip

TIMES = {"latencyMs", "latencyPerEpisodeMs"}


def timeless(value):
    """The value without anything that depends on the clock."""
    if isinstance(value, dict):
        return {name: timeless(part) for name, part in value.items() if name not in TIMES}
    return [timeless(part) for part in value] if isinstance(value, list) else value


def outcome(path):
    result = json.loads(Path(path).read_text())
    return timeless({"methods": result["methods"], "suites": result["suites"]})


def kill_one(directory, killed):
    """Kills the first worker that has begun a shard, a moment later."""
    while not killed.is_set():
        for name in os.listdir(directory):
            time.sleep(2)
            try:
                os.kill(int(name), signal.SIGKILL)
            except ProcessLookupError:
                continue
            print(f"killed worker {name}", file=sys.stderr)
            killed.set()
            return
        time.sleep(0.05)


def distributed(out, directory, kill):
    pids = Path(directory, f"pids-{kill}")
    pids.mkdir()
    done = threading.Event()
    killer = threading.Thread(target=kill_one, args=(pids, done), daemon=True)
    if kill:
        killer.start()
    script = Path(__file__).with_name("ray_compare.py")
    command = [sys.executable, str(script), "--cpus", "2", "--shard-seeds", "2", "--out", str(out)]
    command += ["--pid-directory", str(pids), "--", *CALL]
    subprocess.run(command, check=True, cwd=REPOSITORY)
    assert not kill or done.is_set(), "no worker was killed"


def main():
    with tempfile.TemporaryDirectory(prefix="specprune-ray-") as directory:
        alone = Path(directory, "alone.json")
        subprocess.run(
            compare_command([*CALL, "--workers", "1", "--out", str(alone), "--json"]),
            check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        for kill in (False, True):
            out = Path(directory, f"cluster-{kill}.json")
            distributed(out, directory, kill)
            assert outcome(out) == outcome(alone), f"the results differ (killed: {kill})"
            print(f"equal to one process{', with a worker killed' if kill else ''}")


if __name__ == "__main__":
    main()
