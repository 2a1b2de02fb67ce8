#!/usr/bin/env python3
"""Makes twenty updates of small batches of each recipe in emberlab and in PyTorch, in f64, and compares them.

    recipes.py EMBERLAB

Nothing passes from PyTorch to emberlab: both begin with the images of EMBERLAB_CIFAR10_DIR, else random bytes, and the seed of the
recipe, so that the initial weights are compared too. Each loss is compared, the change of each weight and running mean by each
update, and at the end the loss of the test images, averaged over the views of the recipe.

Before each update but the first PyTorch takes the weights of emberlab's checkpoint; its moments are its own. Left alone, the two
would drift apart, as PyTorch in f32 does from PyTorch in f64: at the learning rates of the recipes, an update of a small batch
amplifies a difference up to ten times.
"""
import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import tomllib

import torch
from safetensors.torch import load_file

import checkpoint
from torch_recipe import Recipe

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))
from random_images import write_random_images  # noqa: E402

CONFIGS = TESTS.parent / "configs"
# The images of a batch. Five epochs have four batches each; half a batch more is left out, or half a batch less is the last.
BATCH_SIZES = {"full/full-airbench.toml": 16, "full/full-resnet20.toml": 16, "lab/cifar10-cnn.toml": 50}
EPOCHS, BATCHES = 5, 4
# Relative to the loss.
LOSS_TOLERANCE = 1e-5
# Of the change of a tensor by an update, by the norm. In f32, the largest of nearly equal numbers can be another one, or a number
# near 0 on the other side of ReLU's kink, which changes the gradient of that number alone. Without weight decay the changes
# differ by more than 0.05, and soon by 0.3.
STEP_TOLERANCE = 0.03
# Half of the distance of numbers in f32.
ROUNDING = 2.0**-24
# Seconds that a command may take.
PATIENCE = 600


def small(recipe):
    """The keys that make a recipe small."""
    batch_size = BATCH_SIZES[recipe]
    half = batch_size // 2 if read(recipe, {})["training"].get("drop_last") else -(batch_size // 2)
    return {"training.batch_size": batch_size, "training.epochs": EPOCHS, "data.train_samples": BATCHES * batch_size + half,
            "data.test_samples": 40}


def read(recipe, keys):
    """A recipe with other values of some keys."""
    config = tomllib.loads((CONFIGS / recipe).read_text())
    for key, value in keys.items():
        table, name = key.split(".")
        config[table][name] = value
    return config


def train(program, recipe, keys, folder):
    """Trains in emberlab, with a checkpoint after each update."""
    keys = keys | {"data.directory": os.environ["EMBERLAB_CIFAR10_DIR"], "training.checkpoint.every_minutes": 1e-9,
                   "training.checkpoint.keep": EPOCHS * BATCHES}
    words = [word for key, value in keys.items() for word in ("--set", f"{key}={value}")]
    subprocess.run([program, "train", CONFIGS / recipe, "--name", "run", "--artifacts", folder, "--dashboard", "none", *words],
                   check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
    return folder / "run"


def losses(run):
    """The losses of the updates, then that of the test images."""
    with open(run / "metrics.csv") as file:
        rows = [row for row in csv.DictReader(file) if row["metric"] == "loss"]
    return [float(row["value"]) for split in ("train", "test") for row in rows if row["split"] == split]


def difference(before, theirs, ours):
    """How much two changes of a tensor differ, apart from the rounding to f32, relative to the change."""
    distance = max((theirs - ours).norm().item() - 2 * ROUNDING * theirs.norm().item(), 0.0)
    change = (theirs - before).norm().item()
    return 0.0 if distance == 0.0 else distance / change if change else float("inf")


def follow(run, recipe):
    """PyTorch's losses from emberlab's weights before each update, and the largest difference of each tensor's changes."""
    values, differences = [], {}
    before = recipe.tensors()
    for update, loss in enumerate(recipe.updates(), 1):
        values.append(loss)
        theirs, ours = recipe.tensors(), checkpoint.read(run / "checkpoints" / f"{update:012}.ckpt")
        for name, tensor in ours.items():
            differences[name] = max(difference(before[name], theirs[name], tensor), differences.get(name, 0.0))
        recipe.network.load_state_dict(ours, strict=False)
        before = recipe.tensors()
    saved = load_file(run / "model.safetensors")
    assert saved.keys() == before.keys() and all(torch.equal(saved[name].double(), before[name]) for name in saved)
    return [*values, recipe.test_loss()], differences


def compare(program, name):
    """Whether a recipe agrees."""
    keys = small(name)
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        run = train(program, name, keys, pathlib.Path(folder))
        middle = time.monotonic()
        theirs, steps = follow(run, Recipe(read(name, keys)))
        end = time.monotonic()
        ours = losses(run)
    assert len(ours) == len(theirs) == EPOCHS * BATCHES + 1, (len(ours), len(theirs))
    of_losses = max(abs(our - their) / their for our, their in zip(ours, theirs))
    worst = max(steps, key=steps.get)
    print(f"{name}: losses from {theirs[0]:.4f} to {theirs[-2]:.4f} and {theirs[-1]:.4f} of the test differ by up to "
          f"{of_losses:.1e}, changes of {len(steps)} tensors by up to {steps[worst]:.1e} (`{worst}`); {middle - start:.0f} s, "
          f"PyTorch {end - middle:.0f} s", flush=True)
    return of_losses <= LOSS_TOLERANCE and steps[worst] <= STEP_TOLERANCE


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    torch.set_default_dtype(torch.float64)
    with tempfile.TemporaryDirectory() as folder:
        if "EMBERLAB_CIFAR10_DIR" not in os.environ:
            os.environ["EMBERLAB_CIFAR10_DIR"] = str(write_random_images(pathlib.Path(folder), 1000, 200))
        differing = [name for name in BATCH_SIZES if not compare(program, name)]
    if differing:
        sys.exit(f"these differ by more than {LOSS_TOLERANCE} in a loss or {STEP_TOLERANCE} in a change: {', '.join(differing)}")


if __name__ == "__main__":
    main()
