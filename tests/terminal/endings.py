"""Ends runs at random moments, in every way that a terminal, a pipe or a signal can end them.

    python3 tests/terminal/endings.py EMBERLAB [TRIES]

Each try starts a training, ends it after a random time, and checks that it exits with code 130, that `run.json` says
"interrupted", that the terminal has its settings back, and that `--resume` goes on to the end with every update
recorded once. Needs Linux and Python's standard library.
"""

import collections
import fcntl
import json
import multiprocessing
import os
import pty
import random
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

CONFIG = """
name = "run"
[data]
source = "synthetic"
n_samples = 400
validation_fraction = 0.1
[training]
epochs = 10000000
[training.optimizer]
learning_rate = 0.1
[model]
kind = "mlp"
hidden = [16]
"""
# Seconds after the program listens.
LONGEST = 0.7
# Seconds that an end may take; other work may keep the machine busy.
PATIENCE = 30
SIGNALS = ["INT", "TERM", "HUP", "QUIT"]
ENDINGS = (
    [f"dashboard, SIG{name}" for name in SIGNALS]
    + ["dashboard, terminal closed", "dashboard, Ctrl-C", "dashboard, q k", "dashboard, q s"]
    + ["lines on a terminal, terminal closed", "lines on a terminal, Ctrl-C"]
    + [f"lines in a pipe, SIG{name}" for name in SIGNALS]
    + ["lines in a pipe, pipe closed", "nothing shown, pipe closed"]
)


class Output:
    """The other end of the program's standard output; reads all that comes."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.text = b""
        self.open = True
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        import select

        while self.open:
            ready, _, _ = select.select([self.descriptor], [], [], 0.02)
            if ready:
                try:
                    read = os.read(self.descriptor, 65536)
                except OSError:
                    return
                if not read:
                    return
                self.text += read

    def close(self):
        """Stops reading first: a descriptor that is being read stays open."""
        self.open = False
        self.reader.join()
        os.close(self.descriptor)


def take_terminal():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def listens(process):
    """Whether the program hears signals."""
    try:
        status = open(f"/proc/{process.pid}/status").read()
    except FileNotFoundError:
        return False
    caught = int(status.split("SigCgt:")[1].split()[0], 16)
    return bool(caught >> (signal.SIGQUIT - 1) & 1)


def one(job):
    """One try; returns what is wrong, or nothing."""
    program, ending, number = job
    chance = random.Random(f"{ending} {number}")
    with tempfile.TemporaryDirectory(prefix="emberlab-endings-") as folder:
        with open(os.path.join(folder, "run.toml"), "w") as config:
            config.write(CONFIG)
        try:
            return attempt(program, ending, chance, number % 2 == 0, folder)
        except Exception as error:  # A fault of one try must not hide the others.
            return f"{type(error).__name__}: {error}"


def attempt(program, ending, chance, controls, folder):
    where, how = ending.split(", ")
    arguments = [program, "train", "run.toml"]
    if where != "dashboard":
        arguments += ["--dashboard", "none" if where == "nothing shown" else "plain"]
    on_terminal = where in ("dashboard", "lines on a terminal")
    # A terminal that controls no process makes no signal of Ctrl-C, which the dashboard reads as a key.
    controls = controls or how == "Ctrl-C"
    errors = open(os.path.join(folder, "stderr"), "w+b")
    if on_terminal:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", chance.randint(5, 60), chance.randint(20, 200), 0, 0))
        before = termios.tcgetattr(theirs)
        process = subprocess.Popen(
            arguments, cwd=folder, stdin=theirs, stdout=theirs, stderr=errors, start_new_session=True,
            preexec_fn=take_terminal if controls else None, env={**os.environ, "TERM": "xterm-256color"},
        )
    else:
        ours, theirs = os.pipe()
        process = subprocess.Popen(arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=theirs, stderr=errors)
    keep_terminal = on_terminal and how != "terminal closed"
    if not keep_terminal:
        os.close(theirs)
    output = Output(ours)
    try:
        while not listens(process):
            if process.poll() is not None:
                return f"ended by itself with {process.returncode}"
            time.sleep(0.002)
        time.sleep(chance.uniform(0, LONGEST))
        if how.startswith("SIG"):
            process.send_signal(getattr(signal, how))
        elif how == "Ctrl-C":
            os.write(ours, b"\x03")
        elif how.startswith("q "):
            os.write(ours, b"q")
            time.sleep(chance.uniform(0, 0.1))
            os.write(ours, how[-1].encode())
        else:
            output.close()
        try:
            code = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            return "still runs"
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(PATIENCE)
    if code != 130:
        errors.seek(0)
        return f"exit code {code}, {errors.read()[-300:]}"
    if keep_terminal:
        if termios.tcgetattr(theirs) != before:
            return "the terminal has other settings than before"
        os.close(theirs)
        # The kernel has the rest of the text when the program is gone; reading it may take a moment.
        output.reader.join(PATIENCE)
        left = output.text.rpartition(b"\x1b[?1049h")[2]
        if left != output.text and not left.endswith(b"\x1b[?1049l\x1b[?25h"):
            return f"the screen is not given back: {output.text[-200:]}"
    if output.open:
        output.close()
    return resumes(program, folder)


def resumes(program, folder):
    run = os.path.join(folder, "artifacts", "run")
    updates = 0
    if os.path.exists(os.path.join(run, "run.json")):
        record = json.load(open(os.path.join(run, "run.json")))
        if record["outcome"] != "interrupted":
            return f"the outcome is {record['outcome']}"
        updates = record["updates"]
        if not os.listdir(os.path.join(run, "checkpoints")):
            return "no checkpoint"
    again = subprocess.run(
        [program, "train", "run.toml", "--resume", "--dashboard", "none", "--set", f"training.epochs={updates + 3}"],
        cwd=folder, capture_output=True, text=True, timeout=PATIENCE,
    )
    if again.returncode != 0 or again.stderr:
        return f"`--resume` ends with {again.returncode}: {again.stderr[-300:]}"
    rows = [line.split(",") for line in open(os.path.join(run, "metrics.csv"))]
    seen = [int(row[2]) for row in rows if row[0] == "train" and row[3] == "loss"]
    if seen != list(range(1, updates + 4)):
        return f"updates are recorded as {seen[:3]} … {seen[-3:]}, {len(seen)} of {updates + 3}"
    return None


def main():
    program, tries = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100
    jobs = [(program, ending, number) for number in range(tries) for ending in ENDINGS]
    good, wrong = collections.Counter(), []
    # A program that was started with HUP ignored, as by `nohup`, keeps ignoring it.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    with multiprocessing.Pool(max(2, min(8, os.cpu_count() or 2))) as pool:
        for (_, ending, number), fault in zip(jobs, pool.imap(one, jobs)):
            good[ending] += fault is None
            if fault is not None:
                wrong.append(f"{ending}, try {number}: {fault}")
                print(wrong[-1], flush=True)
    for ending in ENDINGS:
        print(f"{good[ending]:4} of {tries}  {ending}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
