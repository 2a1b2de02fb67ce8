#!/usr/bin/env python3
"""Trains a recipe of `configs/` whole in PyTorch, in f32, and prints its accuracy on the test images and its time.

    whole_recipe.py CONFIG CIFAR10_DIR [--seed SEED] [--epochs EPOCHS] [--device cuda]

Weights, orders and augmentation are those of emberlab (see `torch_recipe.py`). Images are laid out `channels_last`. NumPy
augments an epoch before its first update; that time is told apart.
"""
import argparse
import os
import time

import torch

import recipes
from torch_recipe import VIEWS, Recipe

# Images of a batch of the test.
TEST_BATCH = 1000


class Clock:
    """The seconds that an iterator took for its items."""

    def __init__(self):
        self.seconds = 0.0

    def over(self, iterator):
        while True:
            start = time.monotonic()
            try:
                item = next(iterator)
            except StopIteration:
                return
            finally:
                self.seconds += time.monotonic() - start
            yield item


@torch.no_grad()
def test_accuracy(recipe):
    """The share of the test images whose largest logit, averaged over the views of the recipe, is their label's."""
    infer = VIEWS[recipe.config.get("evaluation", {}).get("views", "none")]
    network, labels = recipe.network.eval(), torch.tensor(recipe.images.test_labels)
    logits = torch.cat([infer(inputs, network) for inputs in recipe.images.test.split(TEST_BATCH)])
    return (logits.argmax(1) == labels).float().mean().item()


def train(recipe):
    """Trains, tells the loss of every 25th update, and returns the seconds of augmentation and of the updates."""
    drawing, all_of_it, batches = Clock(), Clock(), recipe.images.batches
    recipe.images.batches = lambda *arguments, **keys: drawing.over(batches(*arguments, **keys))
    for update, loss in enumerate(all_of_it.over(recipe.updates()), 1):
        if update % 25 == 0:
            print(f"update {update}: loss {loss:.4f}, {all_of_it.seconds:.0f} s", flush=True)
    return drawing.seconds, all_of_it.seconds - drawing.seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", help="a file below `configs/`, such as full/full-airbench.toml")
    parser.add_argument("cifar10_dir")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    os.environ["EMBERLAB_CIFAR10_DIR"] = arguments.cifar10_dir
    keys = {"data.train_samples": 50_000, "data.test_samples": 10_000}
    config = recipes.read(arguments.config, keys)
    config["seed"] = config["seed"] if arguments.seed is None else arguments.seed
    config["training"]["epochs"] = arguments.epochs or config["training"]["epochs"]
    torch.set_default_device(arguments.device)
    torch.backends.cudnn.allow_tf32 = False
    recipe = Recipe(config)
    recipe.network.to(memory_format=torch.channels_last)
    # The images are in f64.
    recipe.network.register_forward_pre_hook(lambda _, inputs: inputs[0].to(torch.float32, memory_format=torch.channels_last))
    drawing, updates = train(recipe)
    start = time.monotonic()
    accuracy = test_accuracy(recipe)
    print(f"{arguments.config}, seed {config['seed']}: test accuracy {accuracy:.4f}; augmentation {drawing:.0f} s, updates {updates:.0f} s, "
          f"test {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
