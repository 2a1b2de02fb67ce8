#!/usr/bin/env python3
"""Arrays of many types that NumPy saves, and their values as NumPy has them.

    pip install numpy
    python tests/golden/numpy_arrays.py

Writes tests/golden/numpy_arrays/*.npz and tests/golden/numpy_arrays.json.
"""
import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parent / "numpy_arrays"
TYPES = ["u1", "<u2", ">u4", "<u8", "i1", ">i2", "<i4", ">i8", "<f2", ">f4", "<f8", ">f8", "?"]


def main():
    FOLDER.mkdir(exist_ok=True)
    random = np.random.RandomState(2026)
    labels = np.array([3, 1, 3, 10, 1, 10])
    names = ["3", "1", "3", "10", "1", "10"]
    sets = {}
    for number, dtype in enumerate(TYPES):
        x = (random.rand(6, 4) * 100).astype(dtype)
        x = np.asfortranarray(x) if number % 2 else x
        save = np.savez_compressed if number % 3 else np.savez
        save(FOLDER / f"rows-{number}.npz", X=x, y=labels)
        sets[f"rows-{number}"] = {"values": x.astype(np.float64).ravel().tolist(), "labels": names}
    x = np.arange(6.0)
    words = ["b", "a", "b", "é", "a", "é"]
    one_hot = np.eye(3, dtype=np.float32)[[2, 0, 1, 2, 1, 0]]
    for name, y, expected in [
        ("text", np.array(words), words),
        ("big-text", np.array(words, dtype=">U3"), words),
        ("bytes", np.array([b"b", b"a"] * 3), ["b", "a"] * 3),
        ("column", labels[:, None].astype(">f4"), names),
        ("one-hot", one_hot, [str(label) for label in one_hot.argmax(axis=1)]),
        ("bool", np.array([True, False] * 3), [str(label) for label in [True, False] * 3]),
    ]:
        np.savez(FOLDER / f"{name}.npz", x=x, y=y)
        sets[name] = {"values": x.tolist(), "labels": expected}
    pixels = random.randint(0, 256, (6, 2, 5, 3)).astype(np.uint8)
    for name, images in [
        ("pixels", pixels),
        ("floats", pixels.astype(np.float64)),
        ("divided", pixels.astype(np.float32) / 255),
        ("half", np.asfortranarray((pixels / 255).astype(np.float16))),
    ]:
        np.savez_compressed(FOLDER / f"images-{name}.npz", train_images=images, train_labels=labels)
        first = pixels.transpose(0, 3, 1, 2)
        sets[f"images-{name}"] = {"values": first.ravel().tolist(), "labels": names}
    FOLDER.with_suffix(".json").write_text(json.dumps(sets) + "\n")


main()
