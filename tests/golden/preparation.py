#!/usr/bin/env python3
"""The preparation of samples: scikit-learn's split of the training part and its standardisation, and mirror images,
translations and cutouts in NumPy."""
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


def augmented(images, rows, epoch, rs, case, in_odd_epochs):
    """Each image cut from one with a border, then mirrored, then with a square of zeros."""
    height, width = images.shape[2:]
    translate, cutout = case["translate"], case["cutout"]
    changed = []
    for image, index in zip(images[rows], rows):
        mirrored = case["mirror"] == "random" and rs.random_sample() < 0.5
        if case["mirror"] == "alternating":
            mirrored = in_odd_epochs[index] == (epoch % 2 == 1)
        row, column = rs.randint(0, 2 * translate + 1), rs.randint(0, 2 * translate + 1)
        mode = "reflect" if case["border"] == "reflect" else "constant"
        padded = np.pad(image, ((0, 0), (translate, translate), (translate, translate)), mode=mode)
        cut = padded[:, row:row + height, column:column + width]
        cut = np.array(cut[:, :, ::-1] if mirrored else cut)
        if cutout:
            top, left = rs.randint(0, height) - cutout // 2, rs.randint(0, width) - cutout // 2
            cut[:, max(top, 0):top + cutout, max(left, 0):left + cutout] = 0
        changed.append(cut)
    return np.stack(changed)


def augmented_batches(case, images, divide):
    """The rows and the images of the batches of each epoch, which `divide` makes of an order of all rows."""
    rs, orders = np.random.RandomState(case["seed"]), np.random.RandomState(case["shuffle_seed"])
    n = len(images)
    in_odd_epochs = [rs.random_sample() < 0.5 for _ in range(n)] if case["mirror"] == "alternating" else None
    for epoch in range(1, case["epochs"] + 1):
        order = orders.permutation(n) if case["shuffle_seed"] is not None else np.arange(n)
        yield [(rows, augmented(images, rows, epoch, rs, case, in_odd_epochs)) for rows in divide(order)]


def augmented_epochs(case, images):
    """All images of each epoch, in batches of seven and five."""
    epochs = augmented_batches(case, images, lambda order: (order[:7], order[7:]))
    return [np.concatenate([batch for _, batch in epoch]).reshape(len(images), -1).tolist() for epoch in epochs]


def augmentation():
    cases = []
    for seed, mirror, translate, border, cutout, shuffle_seed, epochs in [
        (0, "random", 0, "zeros", 0, None, 1), (1, "none", 1, "zeros", 0, None, 1), (2, "random", 2, "zeros", 0, None, 1),
        (3, "random", 3, "zeros", 0, None, 1), (4, "none", 3, "reflect", 0, None, 2), (5, "random", 2, "reflect", 0, 8, 2),
        (6, "none", 0, "zeros", 1, None, 2), (7, "random", 1, "reflect", 2, 9, 2), (8, "none", 2, "zeros", 3, None, 1),
        (9, "alternating", 0, "zeros", 0, None, 3), (10, "alternating", 2, "reflect", 3, 10, 4),
    ]:
        images = np.random.RandomState(100 + seed).randint(1, 256, (12, 2, 4, 5))
        case = {"seed": seed, "mirror": mirror, "translate": translate, "border": border, "cutout": cutout,
                "shuffle_seed": shuffle_seed, "epochs": epochs}
        cases.append({**case, "images": images.reshape(12, -1).tolist(), "augmented": augmented_epochs(case, images)})
    return cases


if __name__ == "__main__":
    golden = {"validation": validation(), "standard": standard(), "augmentation": augmentation()}
    (HERE / "preparation.json").write_text(json.dumps(golden) + "\n")
