#!/usr/bin/env python3
"""Trains experiments of the lab on a CPU build and on a GPU build and compares every loss, and the first losses of the recipes.

    agree.py EMBERLAB_ON_CPU EMBERLAB_ON_GPU

Then checks the derivatives on the GPU build, and that it trains in bf16, and a network that may be too large for the device,
or says in a line that it cannot. A software GPU compiles kernels and chooses among them for most of the time, in its first run for
some minutes more; CubeCL keeps the choice in the user's cache. Images are those of EMBERLAB_CIFAR10_DIR, else random bytes.
"""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from random_images import write_random_images  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOLERANCE = 1e-3
# A number in bf16 has eight digits, in base two.
BF16_TOLERANCE = 2e-2
# Seconds that a command may take.
PATIENCE = 900
EXPERIMENTS = ["lab/synthetic-softmax", "lab/synthetic-binary", "lab/cifar10-linear", "lab/cifar10-mlp-manual"]
RECIPES = ["full/full-airbench", "full/full-resnet20", "lab/cifar10-cnn", "lab/cifar10-cnn-augmented"]
# The configurations whose derivatives are checked; the last has every kind of layer.
DERIVATIVES = ["configs/lab/synthetic-softmax", "configs/lab/cifar10-mlp-manual", "tests/gpu/every_layer"]
# One batch an epoch; a group of parameters of the first recipe is trained for three.
SMALL = ["data.train_samples=16", "data.test_samples=16", "training.batch_size=16", "training.epochs=3"]
# The losses of a recipe that are compared: small batches at its learning rate amplify rounding, up to ten times an update.
N_LOSSES = 2


def losses(run):
    with open(run / "metrics.csv") as file:
        rows = [row for row in csv.DictReader(file) if row["metric"] == "loss"]
    return [(row["split"], int(row["epoch"]), float(row["value"])) for row in rows]


def train(emberlab, config, name, folder, images, keys):
    start = time.monotonic()
    keys = keys if "synthetic" in config.name else [f"data.directory={images}", *keys]
    done = subprocess.run([emberlab, "train", config, "--name", name, "--dashboard", "none",
                           *(word for key in keys for word in ("--set", key))], cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return losses(folder / "artifacts" / name), time.monotonic() - start


def last_words(errors):
    """The program's error; drivers say things of their own before it."""
    lines = [line for line in errors.splitlines() if "XDG_RUNTIME_DIR" not in line]
    return lines[0] if len(lines) == 1 else f"not one line: {' / '.join(lines)}"


def train_too_much(emberlab, folder, images):
    """What came of a network of a gigabyte, of which training needs several, and whether that is right."""
    config = ROOT / "configs" / "lab" / "cifar10-mlp-manual.toml"
    sets = [f"data.directory={images}", "model.hidden=[80000]", "data.train_samples=64", "data.test_samples=10", "training.epochs=2"]
    done = subprocess.run([emberlab, "train", config, "--name", "large", "--dashboard", "none",
                           *(word for key in sets for word in ("--set", key))], cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode == 0:
        return "trained", True
    record = json.loads((folder / "artifacts" / "large" / "run.json").read_text())
    return last_words(done.stderr), (done.returncode, record["outcome"]) == (5, "failed") and "--resume" in last_words(done.stderr)


def train_in_bf16(emberlab, folder):
    """What came of it, and whether that is right."""
    config = ROOT / "configs" / "lab" / "synthetic-softmax.toml"
    done = subprocess.run([emberlab, "train", config, "--name", "bf16", "--dashboard", "none", "--set", 'device.precision="bf16"'],
                          cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode == 5:
        return last_words(done.stderr), "bf16" in last_words(done.stderr)
    assert done.returncode == 0, done.stderr
    pairs = zip(losses(folder / "artifacts" / "synthetic-softmax-c"), losses(folder / "artifacts" / "bf16"))
    difference = max(abs(full[2] - mixed[2]) for full, mixed in pairs)
    return f"losses differ by at most {difference:.1e} from those in f32", difference <= BF16_TOLERANCE


def compare_curves(cpu, gpu, folder, images, experiments=EXPERIMENTS):
    """Yields name, epochs, losses, largest difference and seconds on both for each experiment and recipe."""
    for path in [*experiments, *RECIPES]:
        config, keys, n_losses = ROOT / "configs" / f"{path}.toml", [], None
        if path in RECIPES:
            keys, n_losses = SMALL, N_LOSSES
        name = config.stem
        (on_cpu, cpu_seconds), (on_gpu, gpu_seconds) = (
            train(emberlab, config, f"{name}-{which}", folder, images, keys) for emberlab, which in [(cpu, "c"), (gpu, "g")])
        on_cpu, on_gpu = on_cpu[:n_losses], on_gpu[:n_losses]
        assert [row[:2] for row in on_cpu] == [row[:2] for row in on_gpu], name
        difference = max(abs(c[2] - g[2]) for c, g in zip(on_cpu, on_gpu))
        yield name, len({row[1] for row in on_cpu}), len(on_cpu), difference, cpu_seconds, gpu_seconds


def check_derivatives(gpu, images):
    """Yields a name, what was said, and whether it is right, for derivatives on the GPU build."""
    for path in DERIVATIVES:
        config = ROOT / f"{path}.toml"
        sets = [] if "synthetic" in config.name else ["--set", f"data.directory={images}"]
        done = subprocess.run([gpu, "gradcheck", config, *sets], capture_output=True, text=True, timeout=PATIENCE)
        said = done.stdout.strip().splitlines()[-3] if done.stdout else done.stderr.strip()
        yield f"gradcheck {config.stem}", said, not done.returncode


def check_others(gpu, folder, images):
    """The same for bf16 and a network that may be too large."""
    yield "bf16", *train_in_bf16(gpu, folder)
    yield "a network of a gigabyte", *train_too_much(gpu, folder, images)


def main():
    cpu, gpu = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:3])
    for emberlab in [cpu, gpu]:
        print(subprocess.run([emberlab, "--version"], capture_output=True, text=True, timeout=PATIENCE).stdout.strip())
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        images = os.environ.get("EMBERLAB_CIFAR10_DIR") or write_random_images(folder, 1000, 200)
        print(f"{'experiment':24} {'epochs':>6} {'losses':>6}  {'largest difference':>18}  {'CPU':>7}  {'GPU':>7}")
        for name, epochs, n_losses, difference, cpu_seconds, gpu_seconds in compare_curves(cpu, gpu, folder, images):
            print(f"{name:24} {epochs:6} {n_losses:6}  {difference:18.1e}  {cpu_seconds:5.1f} s  {gpu_seconds:5.1f} s", flush=True)
            if not difference <= TOLERANCE:
                failed.append(name)
        for checks in [check_derivatives(gpu, images), check_others(gpu, folder, images)]:
            for what, said, right in checks:
                print(f"{what}: {said}", flush=True)
                if not right:
                    failed.append(what)
    if failed:
        sys.exit(f"these do not agree within {TOLERANCE}: {', '.join(failed)}")


if __name__ == "__main__":
    main()
