#!/usr/bin/env python3
"""Small sets in the layouts of MNIST and CIFAR-100, and their images and labels as NumPy has them.

    pip install numpy
    python tests/golden/image_sets.py

Writes tests/golden/image_sets/mnist/ and tests/golden/image_sets/cifar-100-binary/ and tests/golden/image_sets.json. The
images are drawn at random; the official files are not part of this repository. The layouts follow the descriptions of the
sets' pages: IDX files begin with the magic number 0x0803 or 0x0801 and big-endian sizes;
a record of CIFAR-100 is the coarse label, the fine label, and 3,072 pixels.
"""
import gzip
import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parent / "image_sets"


def idx(array):
    """An array of bytes as an IDX file."""
    head = np.array([0x0800 + array.ndim, *array.shape], dtype=">u4")
    return head.tobytes() + array.tobytes()


def mnist(random):
    folder = FOLDER / "mnist"
    folder.mkdir(parents=True, exist_ok=True)
    parts = {}
    for part, n in [("train", 12), ("t10k", 5)]:
        # Most pixels are black, as in MNIST.
        images = random.randint(0, 256, (n, 28, 28)) * (random.rand(n, 28, 28) < 0.2)
        images, labels = images.astype(np.uint8), random.randint(0, 10, n).astype(np.uint8)
        for name, array in [("images-idx3", images), ("labels-idx1", labels)]:
            (folder / f"{part}-{name}-ubyte.gz").write_bytes(gzip.compress(idx(array), mtime=0))
        # In the order of PyTorch: n, channels, height, width.
        parts[part] = {"labels": labels.tolist(), "sums": images.reshape(n, -1).sum(axis=1).tolist(),
                       "rows": images.sum(axis=2).tolist(), "first": images[0].ravel().tolist()}
    return parts


def cifar100(random):
    folder = FOLDER / "cifar-100-binary"
    folder.mkdir(parents=True, exist_ok=True)
    parts = {}
    for part, n in [("train", 8), ("test", 3)]:
        coarse, fine = (random.randint(0, most, n).astype(np.uint8) for most in (20, 100))
        images = random.randint(0, 256, (n, 3, 32, 32)).astype(np.uint8)
        records = np.concatenate([coarse[:, None], fine[:, None], images.reshape(n, -1)], axis=1)
        (folder / f"{part}.bin").write_bytes(records.tobytes())
        parts[part] = {"coarse": coarse.tolist(), "fine": fine.tolist(),
                       "rows": images.sum(axis=3).tolist(), "first": images[0].ravel().tolist()}
    for kind, n in [("coarse", 20), ("fine", 100)]:
        (folder / f"{kind}_label_names.txt").write_text("".join(f"{kind}_{i}\n" for i in range(n)))
    return parts


def main():
    random = np.random.RandomState(2026)
    golden = {"mnist": mnist(random), "cifar100": cifar100(random)}
    path = FOLDER.with_suffix(".json")
    path.write_text(json.dumps(golden) + "\n")


main()
