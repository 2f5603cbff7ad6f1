#!/usr/bin/env bash
# Shows that plimsoll and cargo-audit say the same about the same lockfiles with the same RustSec
# database, and how long each takes.
#
#   tests/peers/cargo_audit.sh ADVISORY_DB [PLIMSOLL [CARGO_AUDIT]]
#
# ADVISORY_DB is a checkout of the RustSec database; the programs are found on PATH unless named.
set -euo pipefail
database=$(realpath "${1:?usage: cargo_audit.sh ADVISORY_DB [PLIMSOLL [CARGO_AUDIT]]}")
plimsoll=$(command -v "${2:-plimsoll}")
audit=$(command -v "${3:-cargo-audit}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache"
# cargo-audit must not look for a registry index or a newer database, and warns of everything.
mkdir -p "$work/home" "$work/.cargo"
printf '[yanked]\nenabled = false\n' >"$work/.cargo/audit.toml"
audit() {
    (cd "$work" && CARGO_HOME="$work/home" "$audit" audit \
        --no-fetch --stale --db "$database" --json --file "$1" 2>"$work/errors")
}
check() {
    "$plimsoll" check --no-config --only dependency --profile all --format json "$1"
}

python3 - "$database" "$work" <<'PYTHON'
import hashlib, pathlib, re, sys

database, work = map(pathlib.Path, sys.argv[1:])
versions = {}
for path in sorted(database.glob("crates/*/RUSTSEC-*.md")):
    head = path.read_text().split("```")[1]
    found = versions.setdefault(path.parent.name, {"0.0.1", "1.0.0", "99.0.0"})
    for version in re.findall(r"\b\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?", head.split("[versions]")[-1]):
        major, minor, patch = map(int, re.match(r"(\d+)\.(\d+)\.(\d+)", version).groups())
        found |= {version, f"{major}.{minor}.{patch + 1}", f"{major}.{minor}.{patch}-rc.1"}
        if patch:
            found.add(f"{major}.{minor}.{patch - 1}")


def lockfile(name, packages):
    (work / name).mkdir(parents=True)
    text = "version = 3\n"
    for package, version in sorted(packages):
        text += (
            f'\n[[package]]\nname = "{package}"\nversion = "{version}"\n'
            'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
            f'checksum = "{hashlib.sha256(f"{package} {version}".encode()).hexdigest()}"\n'
        )
    (work / name / "Cargo.lock").write_text(text)


# Every crate of the database at and around every bound of its advisories, in pieces, because a
# report lists a limited number of findings a rule and file.
bounds = sorted((n, v) for n, vs in versions.items() for v in vs)
for at in range(0, len(bounds), 40):
    lockfile(f"bounds/{at // 40}", bounds[at : at + 40])
print(f"{len(bounds)} packages at the bounds of {len(versions)} crates")
# A large workspace: 2,000 packages, a few of them affected.
plain = {(f"some-crate-{n}", f"1.{n % 40}.{n % 7}") for n in range(1960)}
lockfile("workspace", plain | {(n, "0.0.1") for n in list(versions)[:40]})
PYTHON

"$plimsoll" db import "$database"

compare() {
    audit "$work/$1/Cargo.lock" >"$work/theirs.json" || [ -s "$work/theirs.json" ] ||
        { cat "$work/errors" >&2; exit 2; }
    (cd "$work/$1" && check Cargo.lock) >"$work/ours.json" || [ $? -eq 1 ]
    python3 - "$1" "$work/theirs.json" "$work/ours.json" <<'PYTHON'
import json, re, sys

name, theirs, ours = sys.argv[1:]
report = json.load(open(theirs))
expected = set()
found = list(report["vulnerabilities"]["list"])
for kind, warnings in report["warnings"].items():
    found += [w for w in warnings if w.get("advisory")]
for entry in found:
    package = entry["package"]
    expected.add((package["name"], package["version"], entry["advisory"]["id"]))
actual = set()
for finding in json.load(open(ours))["findings"]:
    evidence = finding.get("evidence") or {}
    if "advisory" not in evidence:
        continue
    package, version = re.fullmatch(r"pkg:cargo/(.+)@(.+)", evidence["purl"]).groups()
    for advisory in [evidence["advisory"], *evidence["aliases"]]:
        if advisory.startswith("RUSTSEC-"):
            actual.add((package, version.replace("%2B", "+"), advisory))
missing, more = expected - actual, actual - expected
print(len(expected))
for label, rest in (("missing", missing), ("more", more)):
    for row in sorted(rest)[:10]:
        print(f"{name}: {label}: {' '.join(row)}", file=sys.stderr)
sys.exit(bool(missing or more))
PYTHON
}
total=0
for piece in "$work"/bounds/* "$work/workspace"; do
    same=$(compare "${piece#"$work"/}")
    total=$((total + same))
done
echo "the same $total findings from both"

# The median of 15 runs after one to warm up, in milliseconds.
median() {
    for run in $(seq 16); do
        start=$(date +%s%N)
        "$@" >/dev/null 2>&1 || true
        end=$(date +%s%N)
        [ "$run" -eq 1 ] || echo $(((end - start) / 10000))
    done | sort -n | awk '{ a[NR] = $1 } END { printf "%.1f", a[int((NR + 1) / 2)] / 100 }'
}
cd "$work/workspace"
ours=$(median check Cargo.lock)
theirs=$(median audit "$work/workspace/Cargo.lock")
echo "2,000 packages, warm: plimsoll $ours ms, cargo-audit $theirs ms," \
    "$(awk "BEGIN { printf \"%.1f\", $theirs / $ours }") times"
