#!/usr/bin/env python3
"""Runs emberlab, NumPy, PyTorch and candle on the same work in turn and writes a report of the medians.

    just bench [--data FOLDER] [--rounds N] [--only WORKLOAD]

FOLDER holds `cifar-10-batches-bin/` with all 50,000 training images (default: `data`). Each round runs every
program once, ours and theirs in turn, and each in a process of its own. The report is written to
`artifacts/bench/report.md`, and the times of every round beside it as `report.json`.
"""
import argparse
import json
import math
import os
import pathlib
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
OUT = ROOT / "artifacts" / "bench"


@dataclass
class Run:
    """What one process took."""
    wall: float
    """Seconds from its start to its end."""
    loop: float
    """Seconds of its training loop by its own clock."""
    updates: int
    memory: float
    """The most memory it had, in MB."""


@dataclass
class Program:
    """A command that is run in every round."""
    label: str
    command: list
    name: str | None = None
    """emberlab's run, whose record has its clock; others print theirs."""
    runs: list = field(default_factory=list)
    forms: set = field(default_factory=set)
    """Those of a peer's forms that were the quickest in a round."""

    def run(self, folder):
        command = [str(word) for word in self.command]
        if self.name:
            command += ["--artifacts", str(folder), "--overwrite", "--dashboard", "none"]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"`{' '.join(command)}` failed")
        if self.name:
            record = json.loads((folder / self.name / "run.json").read_text())
            loop, updates = record["seconds"]["train"], record["updates"]
        else:
            clock = json.loads(said) if said.strip() else {"seconds": wall, "updates": 1}
            loop, updates = clock["seconds"], clock["updates"]
            self.forms.update(clock.get("form", []))
        self.runs.append(Run(wall, loop, updates, usage.ru_maxrss / 1024))

    def values(self, figure):
        return [figure(run) for run in self.runs]


def whole(run):
    return run.wall


def loop(run):
    return run.loop


def update(run):
    return run.loop / run.updates


def memory(run):
    return run.memory


@dataclass
class Row:
    """A comparison of two programs by one figure."""
    title: str
    ours: str
    theirs: str
    figure: object
    unit: str
    goal: float


INSTRUCTION_SETS = {"AVX2": "avx2", "FMA": "fma", "AVX-512": "avx512f"}
"""Names and flags of what the kernels use."""
UNITS = {"s": 1, "ms": 1e3, "µs": 1e6, "MB": 1}


def programs(arguments, python):
    """Every program of a round, in its order: ours and theirs in turn."""
    emberlab = arguments.emberlab

    def ours(label, config, *settings):
        config = ROOT / config
        words = [word for setting in settings for word in ("--set", setting)]
        data = [] if "synthetic" in config.name else ["--set", f"data.directory={json.dumps(str(arguments.data))}"]
        return Program(label, [emberlab, "train", config, *data, *words], config.stem)

    def peer(workload):
        return Program(workload, [python, HERE / "peers.py", workload, "--data", arguments.data])

    def candle(workload):
        return Program(f"candle-{workload}", [arguments.candle, workload, arguments.data])

    scaled = [ours(f"linear, {n} images", "benchmarks/configs/linear.toml", f"data.train_samples={n}",
                   "data.test_samples=10") for n in SCALES]
    return [
        ours("softmax", "configs/lab/synthetic-softmax.toml"), peer("numpy-softmax"), peer("numpy-softmax-bare"),
        ours("one sample", "configs/lab/synthetic-softmax-sgd.toml"), peer("numpy-sgd"),
        ours("image linear by hand", "configs/lab/cifar10-linear-manual.toml"), peer("torch-linear"),
        ours("image linear by autodiff", "configs/lab/cifar10-linear.toml"),
        ours("image MLP by hand", "configs/lab/cifar10-mlp-manual.toml"), peer("torch-mlp"),
        ours("full MLP", "benchmarks/configs/mlp.toml"), peer("torch-full-mlp"), peer("torch-full-mlp-loader"),
        candle("mlp"),
        ours("full linear", "benchmarks/configs/linear.toml"), peer("torch-full-linear"),
        ours("CNN", "benchmarks/configs/cnn.toml"), peer("torch-cnn"), candle("cnn"),
        ours("CNN by autodiff", "benchmarks/configs/cnn.toml", 'model.gradient="autodiff"'),
        ours("airbench", "benchmarks/configs/airbench.toml"), peer("torch-airbench"),
        ours("ten updates", "configs/lab/synthetic-softmax.toml", "training.epochs=1", "training.iterations_per_epoch=10"),
        Program("import torch", [python, "-c", "import torch"]),
        *scaled,
    ]


ROWS = [
    Row("synthetic softmax, 160 × 3, 5,000 full batches with loss and accuracy, whole process", "softmax",
        "numpy-softmax", whole, "s", 0.2),
    Row("the same, an update, beside NumPy's bare loop without loss or accuracy", "softmax", "numpy-softmax-bare",
        update, "µs", 1.2),
    Row("synthetic, one sample an update, 16,000 updates, an update", "one sample", "numpy-sgd", update, "µs", 1.0),
    Row("1,000 images, linear by hand, full batches, an update", "image linear by hand", "torch-linear", update, "ms",
        0.4),
    Row("the same by autodiff", "image linear by autodiff", "torch-linear", update, "ms", 0.5),
    Row("1,000 images, MLP of 64 by hand, an update", "image MLP by hand", "torch-mlp", update, "ms", 0.75),
    Row("50,000 images, MLP of 512, batches of 128, an epoch", "full MLP", "torch-full-mlp", loop, "s", 0.85),
    Row("the same beside a DataLoader", "full MLP", "torch-full-mlp-loader", loop, "s", 0.55),
    Row("the same in candle", "full MLP", "candle-mlp", loop, "s", 1.0),
    Row("50,000 images, linear, batches of 128, an epoch", "full linear", "torch-full-linear", loop, "s", 0.35),
    Row("CNN 3-32-64-128 with batch norm by hand, batches of 128, an update", "CNN", "torch-cnn", update, "ms", 0.75),
    Row("the same by autodiff", "CNN by autodiff", "torch-cnn", update, "ms", 0.75),
    Row("the same by hand, in candle", "CNN", "candle-cnn", update, "ms", 1.0),
    Row("network of airbench by hand, batches of 2,000, an update", "airbench",
        "torch-airbench", update, "s", 0.8),
    Row("memory of the MLP on 50,000 images", "full MLP", "torch-full-mlp", memory, "MB", 0.2),
    Row("ten updates, whole process, beside `import torch`", "ten updates", "import torch", whole, "s", 0.05),
]

SCALES = [1000, 2000, 5000, 10000, 20000, 50000]
EXPONENT = 1.05


def spread(values, unit):
    values = [UNITS[unit] * value for value in values]
    low, middle, high = min(values), statistics.median(values), max(values)
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2 if middle >= 1 else 3
    return f"{middle:.{digits}f} {unit} ({low:.{digits}f} to {high:.{digits}f})"


def exponent(by_label):
    """The slope of log time over log size, by least squares over the medians."""
    points = [(math.log(n), math.log(statistics.median(by_label[f"linear, {n} images"].values(loop)))) for n in SCALES]
    mean_x, mean_y = (statistics.fmean(axis) for axis in zip(*points))
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def machine_limits(python):
    """The memory bandwidth and the arithmetic rate that PyTorch reaches here, all cores at work."""
    said = subprocess.run([python, HERE / "machine.py"], check=True, capture_output=True, text=True).stdout
    return json.loads(said)


def in_ms(seconds):
    return f"{1e3 * seconds:,.0f} ms" if seconds >= 0.1 else f"{1e3 * seconds:.3g} ms"


def limits_table(by_label, limits):
    """What each of our workloads must at least move or compute, over what the machine can."""
    byte, flop = limits["bytes_per_second"], limits["operations_per_second"]
    image, batch = 3072, 128
    rows = []

    def row(title, label, n_bytes, n_operations):
        seconds = statistics.median(by_label[label].values(update))
        least = max(n_bytes / byte, n_operations / flop)
        bound = "memory" if n_bytes / byte > n_operations / flop else "arithmetic"
        rows.append(f"| {title} | {in_ms(seconds)} | {in_ms(least)} | {bound} | {least / seconds:.0%} |")

    # The images are read forward and backward, as 32-bit numbers.
    row("1,000 images, linear", "image linear by hand", 2 * 1000 * image * 4, 2 * 2 * 1000 * image * 10)
    row("1,000 images, MLP of 64", "image MLP by hand", 2 * 1000 * image * 4, 2 * 2 * 1000 * (image + 10) * 64)
    # Bytes of images once; weights are read forward, and read and written in the update, with their gradient between.
    weights = image * 512 * 4
    row("50,000 images, MLP of 512", "full MLP", batch * image + 5 * weights, 2 * 2 * batch * (image + 20) * 512)
    row("50,000 images, linear", "full linear", batch * image, 2 * 2 * batch * image * 10)
    # Channels, filters, pixels under a filter, pixels of a side, and passes: the first layer needs no derivative by its input.
    cnn = [(3, 32, 9, 32, 2), (32, 64, 9, 16, 3), (64, 128, 9, 8, 3)]
    airbench = [(3, 24, 4, 31, 2), (24, 64, 9, 31, 3), (64, 64, 9, 15, 3), (64, 256, 9, 15, 3), (256, 256, 9, 7, 3),
                (256, 256, 9, 7, 3), (256, 256, 9, 3, 3)]
    for title, label, batch, layers in [("CNN", "CNN", 128, cnn), ("airbench", "airbench", 2000, airbench)]:
        operations = sum(2 * batch * side**2 * filters * channels * area * passes
                         for channels, filters, area, side, passes in layers)
        # Per layer and value: convolution, batch norm and activation written and read, forward and backward.
        values = batch * 4 * sum(filters * side**2 for _, filters, _, side, _ in layers)
        row(title, label, 8 * values, operations)
    head = "| an update of | takes | the machine's least | bound by | share of the limit |\n|---|---|---|---|---|\n"
    return head + "\n".join(rows)


def report(by_label, arguments, python, limits):
    versions = subprocess.run([python, "-c", "import numpy, sklearn, torch; print(f'NumPy {numpy.__version__}, "
                               "scikit-learn {sklearn.__version__}, PyTorch {torch.__version__}')"],
                              check=True, capture_output=True, text=True).stdout.strip()
    ours = subprocess.run([arguments.emberlab, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    lines = [
        f"Machine: {cpu_name()} ({instruction_sets()}), {os.cpu_count()} cores, {platform.system()} {platform.release()}.",
        f"Programs: {ours}; {versions}, Python {platform.python_version()}.",
        f"Medians of {arguments.rounds} rounds, smallest to largest in brackets; every program in a process of its own, "
        "ours and theirs in turn, all with every core and 32-bit arithmetic.", "",
        "| workload | emberlab | theirs | ratio | to reach |", "|---|---|---|---|---|",
    ]
    for row in ROWS:
        ours, theirs = by_label[row.ours].values(row.figure), by_label[row.theirs].values(row.figure)
        ratio = statistics.median(ours) / statistics.median(theirs)
        mark = "" if ratio <= row.goal else " **missed**"
        forms = "".join(f" ({form})" for form in sorted(by_label[row.theirs].forms))
        lines.append(f"| {row.title} | {spread(ours, row.unit)} | {row.theirs}{forms}: {spread(theirs, row.unit)} | "
                     f"{ratio:.3g}{mark} | ≤ {row.goal} |")
    grown = exponent(by_label)
    lines.append(f"| time of an epoch from {SCALES[0]:,} to {SCALES[-1]:,} images, linear | grows with the power "
                 f"{grown:.2f} | | {'' if grown <= EXPONENT else '**missed**'} | ≤ {EXPONENT} |")
    lines += ["", f"This machine moves {limits['bytes_per_second'] / 1e9:.1f} GB/s and computes "
              f"{limits['operations_per_second'] / 1e9:.0f} GFLOP/s (`benchmarks/machine.py`, the best of NumPy and "
              "PyTorch).", "", limits_table(by_label, limits), "", "Commands:", "", "```"]
    lines += [shlex.join(str(word) for word in program.command).replace(str(ROOT) + "/", "").replace(str(python), "python")
              .replace(str(arguments.emberlab), "emberlab").replace(str(arguments.candle), "emberlab-bench-candle").replace(str(arguments.data), "data")
              for program in by_label.values()]
    return "\n".join(lines) + "\n```\n"


def cpu_name():
    return cpu_field("model name") or platform.processor() or platform.machine()


def instruction_sets():
    flags = cpu_field("flags").split()
    return ", ".join(name for name, flag in INSTRUCTION_SETS.items() if flag in flags) or "unknown instruction sets"


def cpu_field(name):
    """A field of the first processor, as Linux tells it."""
    info = pathlib.Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--emberlab", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--candle", type=lambda path: pathlib.Path(path).resolve(), required=True,
                        help="the program of benchmarks/candle")
    parser.add_argument("--data", type=lambda path: pathlib.Path(path).resolve(),
                        default=os.environ.get("EMBERLAB_CIFAR10_DIR", ROOT / "data"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", help="run the programs whose labels hold this, and print their times alone")
    arguments = parser.parse_args()
    if len(list((arguments.data / "cifar-10-batches-bin").glob("data_batch_*.bin"))) < 5:
        sys.exit(f"{arguments.data} does not hold all of CIFAR-10; `just data` gets it, `--data` names another folder")
    python = sys.executable
    chosen = [program for program in programs(arguments, python) if not arguments.only or arguments.only in program.label]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="emberlab-bench-"))
    try:
        # The first round warms the caches of files and is not counted.
        for round in range(arguments.rounds + 1):
            for program in chosen:
                print(f"\rround {round} of {arguments.rounds}: {program.label:<30}", end="", file=sys.stderr, flush=True)
                program.run(folder)
    finally:
        shutil.rmtree(folder)
        print(file=sys.stderr)
    for program in chosen:
        program.runs = program.runs[1:]
    by_label = {program.label: program for program in chosen}
    if arguments.only:
        for program in chosen:
            print(f"{program.label}: {spread(program.values(update), 'ms')} an update, "
                  f"{spread(program.values(whole), 's')} in all, {spread(program.values(memory), 'MB')}")
        return
    limits = machine_limits(python)
    OUT.mkdir(parents=True, exist_ok=True)
    text = report(by_label, arguments, python, limits)
    (OUT / "report.md").write_text(text)
    times = {label: [vars(run) for run in program.runs] for label, program in by_label.items()}
    (OUT / "report.json").write_text(json.dumps(times, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
