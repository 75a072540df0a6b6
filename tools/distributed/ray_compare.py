"""Runs `specprune compare` as shards on a Ray cluster and merges them into the result of one run.

    python tools/distributed/ray_compare.py --shard-seeds 10 --out result.json -- \
        --methods dense,specprune:paper-v3 --suite object --seeds 0..999

What stands behind `--` is a call of `specprune compare` without --journal, --out, --workers and --json. A shard is a run of
consecutive seeds; a shard whose worker dies is played again elsewhere. A unit's outcome depends on method, suite and seed
alone, so the merged result equals that of one process, times apart.
"""

import argparse
import ctypes
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ray

REPOSITORY = Path(__file__).resolve().parents[2]

# Options that this driver sets itself.
RESERVED = ("--journal", "--journal-only", "--out", "--workers", "--json")


def seed_range(text, option="--seeds"):
    match = re.fullmatch(r"(\d+)(?:\.\.(\d+))?", text)
    if not match:
        sys.exit(f"ray_compare: {option}: expected A..B, got \"{text}\".")
    first = int(match[1])
    return first, int(match[2] or first)


def pieces(first, last, size):
    return [f"{start}..{min(last, start + size - 1)}" for start in range(first, last + 1, size)]


def shards_of(call, size):
    """The call once for each run of `size` seeds; the seeds of the open-loop part are spread over the shards."""
    seeds = pieces(*seed_range(value_of(call, "--seeds")), size)
    shards = [replace_value(call, "--seeds", piece) for piece in seeds]
    if "--agreement" not in call:
        return shards
    first, last = seed_range(value_of(call, "--agreement"), "--agreement")
    own = pieces(first, last, -(-(last - first + 1) // len(shards)))
    with_own = [replace_value(shard, "--agreement", piece) for shard, piece in zip(shards, own)]
    return with_own + [replace_value(shard, "--agreement", None) for shard in shards[len(own) :]]


def value_of(call, option):
    return call[call.index(option) + 1]


def replace_value(call, option, value):
    at = call.index(option)
    return [*call[:at], *([] if value is None else [option, value]), *call[at + 2 :]]


def compare_command(call):
    return ["node", "--import", "tsx", "tools/specprune.ts", "compare", *call]


def die_with_parent():
    """Linux: a worker that is killed takes its Node process along instead of leaving it to play on."""
    if sys.platform == "linux":
        ctypes.CDLL("libc.so.6").prctl(1, signal.SIGKILL)


def play_shard(call, repository, pid_directory):
    """Plays one shard and returns its journal."""
    if pid_directory:
        Path(pid_directory, str(os.getpid())).touch()
    with tempfile.TemporaryDirectory(prefix="specprune-shard-") as directory:
        journal = Path(directory, "journal.jsonl")
        command = compare_command([*call, "--workers", "1", "--journal", str(journal), "--journal-only"])
        run = subprocess.run(command, cwd=repository, capture_output=True, text=True, preexec_fn=die_with_parent)
        if run.returncode == 2:
            # Wrong use is wrong everywhere: no retry.
            return {"error": run.stderr.strip().splitlines()[-1]}
        if run.returncode != 0:
            raise RuntimeError(f"a shard failed: {run.stderr.strip()[-2000:]}")
        return {"journal": journal.read_text()}


def run_shards(shards, options):
    # More tries than a worker that dies now and then can use up.
    task = ray.remote(play_shard).options(num_cpus=1, max_retries=options.retries, retry_exceptions=True, name="compare shard")
    order = {task.remote(shard, str(options.repository), options.pid_directory): i for i, shard in enumerate(shards)}
    journals, waiting, started = [None] * len(shards), list(order), time.monotonic()
    while waiting:
        done, waiting = ray.wait(waiting, num_returns=1)
        answer = ray.get(done[0])
        if "error" in answer:
            sys.exit(answer["error"])
        journals[order[done[0]]] = answer["journal"]
        finished = len(shards) - len(waiting)
        left = (time.monotonic() - started) / finished * len(waiting)
        print(f"shard {finished} of {len(shards)}; about {left:.0f} s left", file=sys.stderr, flush=True)
    return journals


def merge(journals, call, options):
    """One journal of all shards; `compare` finds everything played and only counts."""
    with tempfile.TemporaryDirectory(prefix="specprune-merge-") as directory:
        merged = Path(directory, "merged.jsonl")
        merged.write_text("".join(journals))
        out = Path(options.out).resolve()
        command = compare_command([*call, "--workers", "1", "--journal", str(merged), "--out", str(out), "--json"])
        subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
        if options.keep_journal:
            Path(options.keep_journal).write_text(merged.read_text())


def read_options(arguments):
    if "--" not in arguments:
        sys.exit("ray_compare: a call of compare is missing: ... -- --methods a,b --suite S --seeds A..B")
    cut = arguments.index("--")
    parser = argparse.ArgumentParser(description="specprune compare on a Ray cluster")
    parser.add_argument("--shard-seeds", type=int, default=10, help="seeds in a shard")
    parser.add_argument("--out", required=True, help="file of the result")
    parser.add_argument("--keep-journal", help="also keep the merged journal in this file")
    parser.add_argument("--address", help="address of a running cluster; without it one is started here")
    parser.add_argument("--cpus", type=int, help="workers of a cluster that is started here")
    parser.add_argument("--retries", type=int, default=5, help="tries of a shard whose worker dies")
    parser.add_argument("--repository", type=Path, default=REPOSITORY, help="checkout on the workers, dependencies installed")
    parser.add_argument("--pid-directory", help=argparse.SUPPRESS)
    options, call = parser.parse_args(arguments[:cut]), arguments[cut + 1 :]
    taken = [option for option in call if option.split("=")[0] in RESERVED]
    if taken:
        sys.exit(f"ray_compare: {taken[0]} is set by this program; leave it out behind --.")
    if "--seeds" not in call or call.index("--seeds") + 1 == len(call):
        sys.exit("ray_compare: the call of compare needs --seeds A..B.")
    return options, call


def start_here(cpus, tries=5):
    """Ray gives its own processes 30 s to start, which a busy machine may not manage at once."""
    for left in reversed(range(tries)):
        try:
            return ray.init(num_cpus=cpus)
        except Exception as error:  # Ray raises a plain Exception here.
            ray.shutdown()
            if left == 0:
                raise
            print(f"Ray did not start ({error}); trying again", file=sys.stderr)


def main(arguments):
    options, call = read_options(arguments)
    if options.address:
        ray.init(address=options.address)
    else:
        start_here(options.cpus)
    journals = run_shards(shards_of(call, options.shard_seeds), options)
    merge(journals, call, options)
    print(f"wrote {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
