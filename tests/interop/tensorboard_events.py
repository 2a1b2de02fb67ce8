#!/usr/bin/env python3
"""Reads a run's event file with TensorBoard and compares it with metrics.csv, also after `--resume`.

    tensorboard_events.py EMBERLAB
"""
import csv
import pathlib
import struct
import subprocess
import sys
import tempfile

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

# Seconds that a command may take.
PATIENCE = 300
CONFIG = pathlib.Path(__file__).resolve().parent.parent.parent / "configs" / "iris.toml"


def check(run):
    events = EventAccumulator(str(run / "tensorboard"), size_guidance={"scalars": 0}).Reload()
    expected = {}
    for row in csv.DictReader((run / "metrics.csv").open()):
        value = struct.unpack("f", struct.pack("f", float(row["value"])))[0]
        expected.setdefault(f"{row['split']}/{row['metric']}", []).append((int(row["iteration"]), value))
    found = {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    assert found == expected, (found.keys(), expected.keys())
    print(f"{sum(map(len, found.values()))} numbers under {sorted(found)}")


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        train = [program, "train", CONFIG, "--artifacts", folder, "--dashboard", "none", "--set", "metrics.tensorboard=true"]
        for more in [["--set", "training.epochs=5"], ["--set", "training.epochs=9", "--resume"]]:
            subprocess.run([*train, *more], check=True, stdout=subprocess.DEVNULL, cwd=CONFIG.parent.parent, timeout=PATIENCE)
            check(pathlib.Path(folder) / "iris")


if __name__ == "__main__":
    main()
