#!/usr/bin/env python3
"""Damages the files of finished and of stopped runs at random and runs the commands that read them.

    mutate.py EMBERLAB [--mutations N] [--seed S] [--jobs J]

Each mutation flips bits of a file, cuts it, swaps or repeats parts of it, writes huge or odd values into it, replaces it
by a named pipe, a folder or a device, or deletes it; checkpoints are also given a right checksum again, so that what is
behind it is read. Whatever the commands make of it, they end within 20 s and 2 GB with exit code 0, 2, 3 or 4, and
say no word of a panic and nothing that a terminal obeys.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile

SECONDS, BYTES = 20, 2 << 30
CODES = {0, 2, 3, 4}
PANIC = [b"panicked at", b"RUST_BACKTRACE", b"stack backtrace", b"stack overflow", b"memory allocation of",
         b"called `", b"since version 0.14.0"]
CHECKPOINT = b"emberlab checkpoint 6 "

TABLE = """name = "table"
seed = 1
[data]
source = "csv"
file = "table.csv"
validation_fraction = 0.2
[model]
kind = "mlp"
hidden = [6, 4]
batch_norm = true
dropout = 0.1
gradient = "manual"
[training]
epochs = {epochs}
batch_size = 16
shuffle = true
checkpoint = {{ every_epochs = 1, keep = 3 }}
[training.optimizer]
kind = "adam"
learning_rate = 0.01
"""
VALUES = [b"1e308", b"-1e308", b"1e-309", b"1e38", b"-0.0", b"nan", b"inf", b"-1", b"0", b"2147483647",
          b"9007199254740992", b"18446744073709551615", b"99999999999999999999999999", b"\"\"", b"[]", b"{}", b"null",
          b"true", b"1e999", b"\x1b]0;x\x07", b"x" * 70000, b"[" * 5000, b"-" * 300]


def write_table(path, rng):
    with open(path, "w") as file:
        file.write("width,height,weight,label\n")
        for row in range(150):
            kind = row % 3
            numbers = [f"{rng.gauss(kind * 2, 1):.3f}" for _ in range(3)]
            file.write(",".join(numbers) + f",{'abc'[kind]}\n")


def limited():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 5, SECONDS + 10))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def run(emberlab, folder, arguments):
    """The exit code, all output and the largest resident size of a command; None as code where it took too long."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen([emberlab, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=output,
                                 stderr=subprocess.STDOUT, preexec_fn=limited)
        timer = concurrent.futures.ThreadPoolExecutor(1)
        killed = []

        def watch():
            try:
                os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            except ChildProcessError:
                pass

        waiting = timer.submit(watch)
        try:
            # Other work on the machine is no fault of the program.
            waiting.result(timeout=SECONDS * 3)
        except concurrent.futures.TimeoutError:
            killed.append(True)
            child.kill()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        timer.shutdown()
        output.seek(0)
        seconds = usage.ru_utime + usage.ru_stime
        code = None if killed or seconds > SECONDS else child.returncode
        return code, output.read(), usage.ru_maxrss * 1024


def signed(data):
    """A checkpoint whose checksum is right again."""
    header = len(CHECKPOINT) + 64 + 1
    payload = data[header:]
    return CHECKPOINT + hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload


def mutated(data, rng):
    data = bytearray(data)
    kind = rng.choice(["flip", "flips", "cut", "swap", "repeat", "value", "number", "insert", "zero", "drop"])
    size = max(len(data), 1)
    at, length = rng.randrange(size), rng.choice([1, 4, 64, 1000])
    if kind == "flip" and data:
        data[at] ^= 1 << rng.randrange(8)
    elif kind == "flips" and data:
        for _ in range(rng.choice([4, 40])):
            data[rng.randrange(size)] ^= 1 << rng.randrange(8)
    elif kind == "cut":
        del data[at:]
    elif kind == "swap":
        other = rng.randrange(size)
        part, its = bytes(data[at:at + length]), bytes(data[other:other + length])
        data[at:at + length] = its
        data[other:other + length] = part
    elif kind == "repeat":
        data[at:at] = data[at:at + length] * rng.choice([1, 3, 200])
    elif kind == "value":
        data[at:at + rng.choice([0, 1, 8])] = rng.choice(VALUES)
    elif kind == "number":
        # A number of the text becomes another one.
        places = [index for index, byte in enumerate(data[:200_000]) if 48 <= byte <= 57]
        if places:
            start = rng.choice(places)
            end = start
            while end < len(data) and chr(data[end]) in "0123456789.e-+":
                end += 1
            data[start:end] = rng.choice(VALUES)
    elif kind == "insert":
        data[at:at] = bytes(rng.randrange(256) for _ in range(length))
    elif kind == "zero":
        data[at:at + length] = bytes(min(length, len(data) - at))
    else:
        del data[at:at + length]
    return bytes(data), kind


def damage(path, rng):
    """Damages one file and says how."""
    what = rng.random()
    if what < 0.04:
        path.unlink()
        return "deleted"
    if what < 0.08:
        path.unlink()
        kind = rng.choice(["pipe", "folder", "device"])
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        else:
            path.symlink_to("/dev/zero")
        return kind
    data, how = mutated(path.read_bytes(), rng)
    for _ in range(rng.choice([0, 0, 0, 2])):
        data, more = mutated(data, rng)
        how += "+" + more
    if path.suffix == ".ckpt" and rng.random() < 0.7 and data.startswith(CHECKPOINT):
        data, how = signed(data), how + ", signed"
    path.write_bytes(data)
    return how


COMMANDS = {
    "finished": [
        ["evaluate", "artifacts/table"], ["report", "artifacts/table"], ["runs"],
        ["export", "artifacts/table", "--format", "safetensors", "--out", "x.safetensors"],
        ["predict", "artifacts/table", "new.csv"], ["compare", "artifacts/table", "artifacts/other", "--html", "c.html"],
        ["train", "table.toml", "--resume", "--dashboard", "none"],
        ["config", "show", "artifacts/table/config.toml"],
        ["train", "artifacts/table/config.toml", "--name", "again", "--dashboard", "none", "--set", "training.epochs=1"],
    ],
    "stopped": [["train", "table.toml", "--resume", "--dashboard", "none"], ["runs"],
                ["train", "table.toml", "--resume", "--dashboard", "none"]],
}


def attempt(emberlab, template, seed):
    """One mutation: what was done to which file, and what went wrong."""
    rng = random.Random(seed)
    kind = rng.choice(["finished", "finished", "stopped"])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shutil.copytree(template / kind, folder, dirs_exist_ok=True)
        root = folder / "artifacts" / "table"
        files = sorted(path for path in root.rglob("*") if path.is_file() and "plots" not in path.parts)
        names = sorted({path.suffix or path.name for path in files})
        suffix = rng.choice(names)
        path = rng.choice([path for path in files if (path.suffix or path.name) == suffix])
        how = damage(path, rng)
        done = f"seed {seed}: {kind} {path.relative_to(root)} {how}"
        commands = COMMANDS[kind] if kind == "stopped" else rng.sample(COMMANDS[kind], 3)
        faults, codes = [], []
        for arguments in commands:
            code, said, memory = run(emberlab, folder, arguments)
            codes.append(code)
            reasons = []
            if code not in CODES:
                reasons.append("took too long" if code is None else f"ended with {code}")
            if memory > BYTES:
                reasons.append(f"took {memory >> 20} MB")
            reasons += [f"said {word.decode()}" for word in PANIC if word in said]
            if any(byte < 32 and byte not in (9, 10) or byte == 127 for byte in said):
                reasons.append("printed control characters")
            longest = max((len(line) for line in said.splitlines()), default=0)
            if code != 0 and longest > 20_000:
                reasons.append(f"said a line of {longest} bytes")
            if reasons:
                faults.append(f"{done}: `{' '.join(arguments)}` {', '.join(reasons)}\n    "
                              + said[-600:].decode(errors="replace").replace("\n", "\n    "))
        return suffix, codes, faults


def prepare(emberlab, template):
    """A finished run and one that was killed, each with its data."""
    for kind, epochs in [("finished", 12), ("stopped", 4)]:
        folder = template / kind
        folder.mkdir()
        rng = random.Random(5)
        write_table(folder / "table.csv", rng)
        (folder / "table.toml").write_text(TABLE.format(epochs=epochs))
        (folder / "new.csv").write_text("width,height,weight\n0.5,1.5,2.5\n4.0,4.1,4.2\n")
        for name in ["table", "other"]:
            code, said, _ = run(emberlab, folder,
                                ["train", "table.toml", "--name", name, "--dashboard", "none"])
            assert code == 0, said.decode()
    # As a kill after the last checkpoint leaves it: without weights, and to go on for more epochs.
    stopped = template / "stopped"
    for name in ["model.safetensors", "model.mpk", "predictions.csv"]:
        (stopped / "artifacts" / "table" / name).unlink()
    (stopped / "table.toml").write_text(TABLE.format(epochs=6))
    record = stopped / "artifacts" / "table" / "run.json"
    record.write_text(record.read_text().replace('"finished"', '"running"'))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("emberlab")
    parser.add_argument("--mutations", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    emberlab = str(pathlib.Path(arguments.emberlab).resolve())
    counts, ended, faults = collections.Counter(), collections.Counter(), []
    with tempfile.TemporaryDirectory() as template:
        template = pathlib.Path(template)
        prepare(emberlab, template)
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            seeds = range(arguments.seed * 1_000_000, arguments.seed * 1_000_000 + arguments.mutations)
            for suffix, codes, found in pool.map(lambda seed: attempt(emberlab, template, seed), seeds):
                counts[suffix] += 1
                ended.update(codes)
                faults += found
                for fault in found:
                    print(fault, flush=True)
    files = ", ".join(f"{count} of {name}" for name, count in sorted(counts.items()))
    codes = ", ".join(f"{count} times {code}" for code, count in sorted(ended.items(), key=str))
    print(f"{sum(counts.values())} mutations ({files}), {sum(ended.values())} commands, exit codes {codes}")
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
