#!/usr/bin/env python3
"""Finds duplicates of ten lines or more in the sources, and fails if there are any.

    duplicates.py [--lines N]

Reads the Rust and Python files that git tracks, tests included. Lines are compared without the white space around them.
Blank lines, lines of closing brackets alone, imports, attributes, `//!` and licence comments neither count nor separate.
"""
import argparse
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BRACKETS = re.compile(r"[\s()\[\]{};,]*(else)?[\s()\[\]{};,]*")
PASSED_OVER = re.compile(r"(pub )?use |import |from \w[\w.]* import |#!?\[|//!|(//|#).*(Copyright|SPDX|Licen[sc]e)")


def counted(path):
    """Yields (line number, text) for each line that counts."""
    in_use = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text = line.strip()
        # A `use` with braces goes on over several lines.
        if in_use or re.match(r"(pub )?use ", text):
            in_use = not text.endswith(";")
        elif not (BRACKETS.fullmatch(text) or PASSED_OVER.match(text)):
            yield number, text


def duplicates(files, least):
    """Yields (length, place, other place) for each pair of equal places that is as long as possible."""
    windows = collections.defaultdict(list)
    for name, lines in files.items():
        for start in range(len(lines) - least + 1):
            windows[tuple(text for _, text in lines[start:start + least])].append((name, start))
    for places in windows.values():
        for index, (name, start) in enumerate(places):
            for other, other_start in places[index + 1:]:
                lines, other_lines = files[name], files[other]
                if start and other_start and lines[start - 1][1] == other_lines[other_start - 1][1]:
                    continue
                length = 0
                while (start + length < len(lines) and other_start + length < len(other_lines)
                       and lines[start + length][1] == other_lines[other_start + length][1]
                       and (name != other or start + length < other_start)):
                    length += 1
                if length >= least:
                    yield length, (name, start), (other, other_start)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=10)
    least = parser.parse_args().lines
    tracked = subprocess.run(["git", "ls-files", "*.rs", "*.py"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    files = {name: list(counted(ROOT / name)) for name in tracked.stdout.splitlines()}
    found = sorted(duplicates(files, least), reverse=True)
    for length, (name, start), (other, other_start) in found:
        print(f"{length} lines: {name}:{files[name][start][0]} and {other}:{files[other][other_start][0]}")
    print(f"{len(files)} files, {len(found)} pairs of places of {least} lines or more are equal")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
