"""Reads `cargo metadata` and fails where a dependency offers no licence that we accept."""

import json
import re
import sys

ACCEPTED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
}


def accepts(expression):
    """Evaluates an SPDX expression: AND binds closer than OR, parentheses closer than both."""
    tokens = re.findall(r"\(|\)|[^\s()]+(?: WITH [^\s()]+)?", expression.replace("/", " OR "))

    def either():
        result = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            result = both() or result
        return result

    def both():
        result = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            result = one() and result
        return result

    def one():
        token = tokens.pop(0)
        if token == "(":
            result = either()
            tokens.pop(0)
            return result
        return token in ACCEPTED

    return bool(tokens) and either()


def main():
    packages = json.load(sys.stdin)["packages"]
    refused = [
        f"{package['name']} {package['version']}: {package['license']}"
        for package in packages
        if package["source"] and not accepts(package["license"] or "")
    ]
    for line in refused:
        print(line)
    print(f"{len(packages)} packages, {len(refused)} with a licence that we do not accept")
    return 1 if refused else 0


sys.exit(main())
