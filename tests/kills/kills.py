#!/usr/bin/env python3
"""Kills the program at each change of a file and at random moments, and checks that the next command works.

    kills.py EMBERLAB [--every N] [--tries N] [--only CHECK]

`--every` takes each N-th change of a file as the place of a kill or of a failed write; 1 takes all of them. `--tries` is
the number of random moments and of processes at once. Needs a C compiler and Linux.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
CONFIG = """
name = "run"
seed = 11
[data]
source = "synthetic"
n_samples = 120
validation_fraction = 0.2
[model]
kind = "mlp"
hidden = [6]
gradient = "manual"
[metrics]
tensorboard = true
[training]
epochs = 4
batch_size = 16
shuffle = true
checkpoint = { every_epochs = 1, keep = 2 }
[training.optimizer]
kind = "adam"
learning_rate = 0.01
"""
SWEEP = ["sweep", "run.toml", "--grid", "training.optimizer.learning_rate=0.01,0.1", "--grid", "model.hidden=[3],[6]",
         "--jobs", "2", "--json"]
ENDS = ["config.toml", "metrics.csv", "model.safetensors", "predictions.csv", "histograms.csv"]
BUSY = "another process works on the run"
PATIENCE = 300


class Lab:
    """A folder with a configuration that the program is started in."""

    def __init__(self, emberlab, disturb, parent):
        self.emberlab, self.disturb = emberlab, disturb
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=parent))
        (self.folder / "run.toml").write_text(CONFIG)
        self.artifacts = self.folder / "artifacts"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def copy(self, parent):
        other = Lab(self.emberlab, self.disturb, parent)
        if self.artifacts.exists():
            shutil.copytree(self.artifacts, other.artifacts)
        return other

    def start(self, *arguments, **variables):
        environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
        if variables:
            environment["LD_PRELOAD"] = str(self.disturb)
        return subprocess.Popen([self.emberlab, *arguments], cwd=self.folder, env=environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                start_new_session=True)

    def run(self, *arguments, **variables):
        process = self.start(*arguments, **variables)
        out, errors = output(process)
        return process.returncode, out, errors

    def train(self, *more, **variables):
        return self.run("train", "run.toml", "--dashboard", "none", *more, **variables)

    def ends(self, run="run"):
        return [(self.artifacts / run / name).read_bytes() for name in ENDS]

    def outcome(self, run="run"):
        record = self.artifacts / run / "run.json"
        return json.loads(record.read_text())["outcome"] if record.exists() else None

    def leftovers(self):
        return [str(path) for path in self.artifacts.rglob(".emberlab-*")]


def output(process):
    """Waits until a process and those it started end, and returns its output; kills them after a while."""
    try:
        return process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(f"still running after {PATIENCE} s: {process.communicate(timeout=PATIENCE)}")


def expect(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(part) for part in what))


def goes_on(lab, how, expected):
    """The next command works, ends with the bytes of an undisturbed run, and leaves nothing but the run."""
    code, _, errors = lab.train(how)
    expect((code, errors) == (0, ""), how, code, errors)
    expect(lab.ends() == expected, "other bytes after", how)
    expect(lab.leftovers() == [], lab.leftovers())
    expect([path.name for path in lab.artifacts.iterdir()] == ["run"], list(lab.artifacts.iterdir()))


def train_killed(options, new, parent):
    """`train` killed at each change of a file, then gone on with."""
    lab = new()
    expect(lab.train()[0] == 0, "the undisturbed run")
    expected = lab.ends()

    def killed(place, before, *arguments):
        with before.copy(parent) as lab:
            code = lab.train(*arguments, KILL_AT=place)[0]
            if code != -signal.SIGKILL:
                return False
            goes_on(lab, ("--resume", "--overwrite")[place // options.every % 2], expected)
            return True

    count = every_place(options, lambda place: killed(place, new()))
    yield f"train killed at {count} places"
    count = every_place(options, lambda place: killed(place, lab, "--overwrite"))
    yield f"train --overwrite killed at {count} places"


def every_place(options, attempt):
    """Runs an attempt for each place until one comes to its end, and returns how many did not."""
    count = 0
    with ThreadPoolExecutor(options.parallel) as pool:
        place = 1
        while True:
            places = [place + options.every * step for step in range(2 * options.parallel)]
            disturbed = list(pool.map(attempt, places))
            count += sum(disturbed)
            if not all(disturbed):
                return count
            place = places[-1] + options.every


def failed_writes(options, new, parent):
    """Each change of a file fails once, as on a full disk."""
    lab = new()
    expect(lab.train()[0] == 0, "the undisturbed run")
    expected = lab.ends()
    seen = {}

    def failing(place):
        with new() as lab:
            mark = lab.folder / "disturbed"
            code, _, errors = lab.train(FAIL_AT=place, DISTURBED=mark)
            if not mark.exists():
                return False
            expect(code in (0, 4), code, errors)
            if code == 4:
                expect(errors.startswith("error: ") and errors.count("\n") == 1, errors)
                expect("No space left on device" in errors, errors)
                expect(lab.outcome() in (None, "failed"), "the record says", lab.outcome(), "after", errors)
            else:
                expect(lab.outcome() == "finished", lab.outcome(), errors)
            seen[place] = code
            goes_on(lab, "--resume", expected)
            return True

    every_place(options, failing)
    yield f"train with each write failing: {sum(code == 4 for code in seen.values())} of {len(seen)} failed"


def overwrite_killed_at_moments(options, new, parent):
    lab = new()
    expect(lab.train()[0] == 0, "the undisturbed run")
    expected, chance = lab.ends(), random.Random(5)
    begin = time.monotonic()
    expect(lab.train("--overwrite")[0] == 0, "the undisturbed run")
    lasts = time.monotonic() - begin
    for number in range(options.tries):
        process = lab.start("train", "run.toml", "--dashboard", "none", "--overwrite")
        time.sleep(lasts * chance.random())
        process.kill()
        output(process)
        goes_on(lab, ("--resume", "--overwrite")[number % 2], expected)
    yield f"train --overwrite killed at {options.tries} moments"


def at_once(options, new, parent):
    """Several processes on one run: one works, the others say that it does."""
    lab = new()
    expect(lab.train()[0] == 0, "the undisturbed run")
    expected, told = lab.ends(), 0
    for how in ("--resume", "--overwrite"):
        shutil.rmtree(lab.artifacts)
        for round_number in range(3):
            processes = [lab.start("train", "run.toml", "--dashboard", "none", how) for _ in range(options.tries)]
            ended = [(output(process)[1], process.returncode) for process in processes]
            expect(any(code == 0 for _, code in ended), ended)
            for errors, code in ended:
                expect(code == 0 and errors == "" or code == 2 and BUSY in errors, code, errors)
                told += code == 2
            expect(lab.ends() == expected, "other bytes after", how)
            expect(lab.leftovers() == [], lab.leftovers())
    yield f"{options.tries} processes on one run, 6 times: {told} were told that it is at work"


def swept(lab):
    code, out, errors = lab.run(*SWEEP)
    expect(code == 0, code, errors)
    return ranking(out)


def ranking(out):
    return [(rank["settings"], rank["runs"], rank["loss"], rank["test_accuracy"]) for rank in json.loads(out)]


def sweeps_at_once(options, new, parent):
    with new() as lab:
        expected = swept(lab)
    with new() as lab:
        processes = [lab.start(*SWEEP) for _ in range(options.tries)]
        for process in processes:
            out, errors = output(process)
            expect(process.returncode == 0, process.returncode, errors)
            expect(ranking(out) == expected, "another ranking")
        expect(lab.leftovers() == [], lab.leftovers())
    yield f"{options.tries} sweeps at once"


def sweeps_disturbed(options, new, parent):
    """A sweep killed, or stopped by Ctrl-C on its terminal once or twice, and started again at once."""
    chance = random.Random(6)
    long = [*SWEEP, "--set", "training.epochs=400", "--set", "data.n_samples=400"]
    with new() as lab:
        begin = time.monotonic()
        code, out, errors = lab.run(*long)
        expect(code == 0, errors)
        lasts, expected = time.monotonic() - begin, ranking(out)
    runs = interrupted = 0
    for number in range(options.tries):
        with new() as lab:
            process = lab.start(*long)
            time.sleep(lasts * chance.random())
            if number % 3 == 1:
                process.kill()
                output(process)
            elif number % 3 == 2:
                # The second request ends the sweep and its runs at once.
                os.killpg(process.pid, signal.SIGINT)
                time.sleep(0.3 * chance.random())
                process.send_signal(signal.SIGINT)
                output(process)
                expect(process.returncode in (0, 130, -signal.SIGINT), process.returncode)
            else:
                # The terminal sends the signal to all processes of the group.
                os.killpg(process.pid, signal.SIGINT)
                output(process)
                expect(process.returncode in (0, 130, -signal.SIGINT), process.returncode)
                if process.returncode == 130:
                    for run in sorted(lab.artifacts.glob("run-sweep/0*/run.json")):
                        record, checkpoints = json.loads(run.read_text()), run.parent / "checkpoints"
                        expect(record["outcome"] in ("interrupted", "finished"), run, record["outcome"])
                        expect(any(checkpoints.glob("*.ckpt")), run, "has no checkpoint")
                        interrupted += record["outcome"] == "interrupted"
            code, out, errors = lab.run(*long)
            expect(code == 0, code, errors)
            expect(ranking(out) == expected, "another ranking")
            expect(lab.leftovers() == [], lab.leftovers())
            runs += 1
    yield f"{runs} sweeps killed or stopped, {interrupted} of their runs interrupted with a checkpoint"


CHECKS = [train_killed, failed_writes, overwrite_killed_at_moments, at_once, sweeps_at_once, sweeps_disturbed]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("emberlab", type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--tries", type=int, default=36)
    parser.add_argument("--parallel", type=int, default=max(2, os.cpu_count() or 2))
    parser.add_argument("--only", choices=[check.__name__ for check in CHECKS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="emberlab-kills-") as folder:
        disturb = pathlib.Path(folder) / "disturb.so"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", disturb, HERE / "disturb.c"], check=True, timeout=PATIENCE)
        emberlab = options.emberlab.resolve()
        for check in CHECKS:
            if options.only in (None, check.__name__):
                for line in check(options, lambda: Lab(emberlab, disturb, folder), folder):
                    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
