#!/usr/bin/env python3
"""Arrays of many types that NumPy saves, and their values as NumPy has them.

    pip install numpy
    python tests/golden/numpy_arrays.py

Writes tests/golden/numpy_arrays/*.npz, a folder of .npy files, and tests/golden/numpy_arrays.json and numpy_parts.json.
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
    FOLDER.with_name("numpy_parts.json").write_text(json.dumps(parts(random)) + "\n")
    squares()


def parts(random):
    """Sets with a training, a validation and a test part."""
    sets = {}
    folder = FOLDER / "folder"
    folder.mkdir(exist_ok=True)
    sets["folder"] = {}
    for number, (part, n) in enumerate([("train", 5), ("val", 3), ("test", 4)]):
        x = random.standard_normal((n, 3)).astype([">f4", "<f8", "<f4"][number])
        y = np.array(["ä", "b"] * n)[:n]
        for name, array in [(f"x_{part}", x), (f"y_{part}", y)]:
            with open(folder / f"{name}.npy", "wb") as file:
                np.lib.format.write_array(file, array, version=(number + 1, 0), allow_pickle=False)
        sets["folder"][part] = {"values": x.astype(np.float64).ravel().tolist(), "labels": y.tolist()}
    # The training part decides whether floats were divided by 255: a test part that is nearly black does not.
    pixels = {"train": random.randint(0, 256, (4, 3, 2)), "test": random.randint(0, 2, (2, 3, 2))}
    labels = {"train": np.array([0, 1, 0, 1]), "test": np.array([1, 0])}
    for name, divisor in [("whole", 1.0), ("divided", 255.0)]:
        arrays = {f"{part}_images": pixels[part] / divisor for part in pixels}
        np.savez(FOLDER / f"parts-{name}.npz", **arrays, **{f"{part}_labels": labels[part] for part in labels})
        sets[f"parts-{name}"] = {
            part: {"values": pixels[part].ravel().tolist(), "labels": [str(label) for label in labels[part]]}
            for part in pixels
        }
    return sets


def squares():
    """Red and blue squares, each slightly different, for a run of the program."""
    random = np.random.RandomState(7)

    def images(n):
        labels = np.array(["red", "blue"] * (n // 2))
        pixels = random.randint(0, 60, (n, 8, 8, 3))
        pixels[labels == "red", :, :, 0] += 190
        pixels[labels == "blue", :, :, 2] += 190
        return pixels.astype(np.uint8), labels

    (train, train_labels), (test, test_labels), (new, _) = images(24), images(8), images(2)
    np.savez_compressed(FOLDER / "squares.npz", x_train=train, y_train=train_labels, x_test=test, y_test=test_labels)
    np.save(FOLDER / "new-squares.npy", (new / 255).astype(np.float32))
    np.savez(FOLDER / "new-squares.npz", first=new[:1], both=new)


main()
