#!/usr/bin/env python3
"""The preparation of samples: scikit-learn's split of the training part and its standardisation, and random
crops and mirror images in NumPy."""
import json
import pathlib

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).resolve().parent


def validation():
    """The rows of the whole set that remain to train on, and those set aside."""
    cases = []
    for seed, n, classes, fraction, stratify in [(0, 50, 3, 0.2, False), (7, 61, 4, 0.25, True), (42, 40, 2, 0.1, True)]:
        rs = np.random.RandomState(seed)
        labels = rs.randint(0, classes, n)
        train, test = train_test_split(np.arange(n), test_size=0.25, random_state=seed, stratify=labels if stratify else None)
        kept, aside = train_test_split(train, test_size=fraction, random_state=seed,
                                       stratify=labels[train] if stratify else None)
        cases.append({"seed": seed, "labels": labels.tolist(), "fraction": fraction, "stratify": stratify,
                      "train": kept.tolist(), "validation": aside.tolist(), "test": test.tolist()})
    return cases


def standard():
    """A table with a column that never changes, and images: what scikit-learn makes of them."""
    rs = np.random.RandomState(3)
    table = rs.randn(9, 3) * [1.0, 30.0, 0.0] + [0.0, -5.0, 2.5]
    images = rs.randint(0, 256, (4, 3, 2, 3))
    by_channel = np.moveaxis(images / 255.0, 1, -1).reshape(-1, 3)
    scaled = StandardScaler().fit_transform(by_channel).reshape(4, 2, 3, 3)
    return {"table": table.tolist(), "scaled_table": StandardScaler().fit_transform(table).tolist(),
            "images": images.reshape(4, -1).tolist(), "scaled_images": np.moveaxis(scaled, -1, 1).reshape(4, -1).tolist()}


def augmented(images, rs, flip, border):
    """Each image cut from one with a border of zeros, then mirrored."""
    height, width = images.shape[2:]
    changed = []
    for image in images:
        mirrored = flip and rs.random_sample() < 0.5
        row, column = rs.randint(0, 2 * border + 1), rs.randint(0, 2 * border + 1)
        padded = np.pad(image, ((0, 0), (border, border), (border, border)))
        cut = padded[:, row:row + height, column:column + width]
        changed.append(cut[:, :, ::-1] if mirrored else cut)
    return np.stack(changed)


def augmentation():
    cases = []
    for seed, flip, border in [(0, True, 0), (1, False, 1), (2, True, 2), (3, True, 3)]:
        rs = np.random.RandomState(100 + seed)
        images = rs.randint(1, 256, (12, 2, 4, 5))
        rs = np.random.RandomState(seed)
        batches = [augmented(images[:7], rs, flip, border), augmented(images[7:], rs, flip, border)]
        cases.append({"seed": seed, "flip": flip, "border": border, "images": images.reshape(12, -1).tolist(),
                      "augmented": np.concatenate(batches).reshape(12, -1).tolist()})
    return cases


if __name__ == "__main__":
    golden = {"validation": validation(), "standard": standard(), "augmentation": augmentation()}
    (HERE / "preparation.json").write_text(json.dumps(golden) + "\n")
