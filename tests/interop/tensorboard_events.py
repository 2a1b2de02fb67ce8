#!/usr/bin/env python3
"""What TensorBoard's own reader finds in a run's event file is what metrics.csv holds, also after `--resume`.

    python3 -m venv .venv && .venv/bin/pip install tensorboard==2.21.0
    cargo build --release
    .venv/bin/python tests/interop/tensorboard_events.py target/release/emberlab
"""
import csv
import pathlib
import struct
import subprocess
import sys
import tempfile

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

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
        subprocess.run(train + ["--set", "training.epochs=5"], check=True, stdout=subprocess.DEVNULL, cwd=CONFIG.parent.parent)
        check(pathlib.Path(folder) / "iris")
        subprocess.run(train + ["--set", "training.epochs=9", "--resume"], check=True, stdout=subprocess.DEVNULL, cwd=CONFIG.parent.parent)
        check(pathlib.Path(folder) / "iris")


if __name__ == "__main__":
    main()
