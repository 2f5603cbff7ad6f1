#!/usr/bin/env python3
"""Makes the generated part of end-of-life.txt anew.

    end-of-life.py FOLDER [--check]

FOLDER holds end-of-life.json (release cycles as endoflife.date has them), debian.csv and
ubuntu.csv (distro-info-data). With --check nothing is written; the exit code says whether the
table is what these files make.
"""

import csv
import json
import re
import sys
from pathlib import Path

TABLE = Path(__file__).with_name("end-of-life.txt")
MARK = "# Generated:"


def distributions(folder):
    """Codenames and last days of Debian and Ubuntu, whose own tables are more exact."""
    for product, column in (("debian", "eol-lts"), ("ubuntu", "eol")):
        with open(folder / f"{product}.csv", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                version = (row["version"] or "").split()[0:1]
                if version:
                    day = row.get(column) or row.get("eol") or "-"
                    yield product, row["series"], version[0], day


def main():
    folder, check = Path(sys.argv[1]), "--check" in sys.argv
    data = json.loads((folder / "end-of-life.json").read_text(encoding="utf-8"))
    old = TABLE.read_text(encoding="utf-8")
    head, rest = old.split(MARK, 1)
    head = re.sub(r"(?m)^as-of .*$", "as-of " + data["source"][-10:], head)
    notes = [line for line in rest.splitlines() if line.startswith("#") or line == rest.splitlines()[0]]
    products = []
    for line in head.splitlines():
        words = line.split()
        if words and words[0] in ("image", "holds", "distribution") and words[2] not in products:
            products.append(words[2])
    own = list(distributions(folder))
    lines = [f"codename {name} {product} {version}" for product, name, version, _ in own]
    for product in products:
        known = data["products"][product]
        lines.append(f"title {product} {known['title']}")
        cycles = [(version, day) for of, _, version, day in own if of == product][::-1]
        for release in known["releases"] if not cycles else []:
            eol = release["eol"]
            day = {True: "past", False: "-"}.get(eol, eol)
            cycles.append((release["releaseCycle"], day))
        lines += [f"cycle {product} {version} {day}" for version, day in cycles]
    new = head + MARK + "\n".join(notes) + "\n" + "\n".join(lines) + "\n"
    if check:
        sys.exit(old != new)
    TABLE.write_text(new, encoding="utf-8")


main()
