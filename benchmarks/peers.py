#!/usr/bin/env python3
"""The lab's work as its users would write it in NumPy and PyTorch, each with its own clock.

    python benchmarks/peers.py WORKLOAD [--data FOLDER]

Every workload prints one JSON object: the seconds of its loop, without imports and preparation, its updates, and where there are
several forms of the same work, which of them was the quickest.
All arithmetic is in 32 bits, as emberlab's; PyTorch uses as many threads as there are cores.
"""
import argparse
import itertools
import json
import os
import pathlib
import time

import numpy as np

BATCH = 128


def synthetic():
    """160 points of three classes with a column of ones, their classes as rows of 0 and 1, and first weights."""
    from sklearn.datasets import make_classification
    from sklearn.model_selection import train_test_split
    points, labels = make_classification(n_samples=200, n_features=3, n_informative=2, n_redundant=0,
                                         n_clusters_per_class=1, n_classes=3, random_state=42)
    points, _, labels, _ = train_test_split(points, labels, test_size=0.2, random_state=42)
    points = np.c_[np.ones(len(points)), points].astype(np.float32)
    theta = (np.random.RandomState(42).randn(4, 3) * 0.01).astype(np.float32)
    return points, np.eye(3, dtype=np.float32)[labels], labels, theta


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def numpy_softmax(_, updates=5000):
    """Full batches, with the loss and the accuracy of each update."""
    points, targets, labels, theta = synthetic()
    rate = np.float32(0.01)
    history = []
    start = time.perf_counter()
    for _ in range(updates):
        probabilities = softmax(points @ theta)
        loss = -np.log(probabilities[np.arange(len(labels)), labels]).mean()
        accuracy = (probabilities.argmax(axis=1) == labels).mean()
        history.append((loss, accuracy))
        theta -= rate * (points.T @ (probabilities - targets)) / np.float32(len(points))
    return time.perf_counter() - start, updates


def numpy_softmax_bare(_, updates=5000):
    """Full batches and nothing but the updates."""
    points, targets, _, theta = synthetic()
    rate = np.float32(0.01)
    start = time.perf_counter()
    for _ in range(updates):
        theta -= rate * (points.T @ (softmax(points @ theta) - targets)) / np.float32(len(points))
    return time.perf_counter() - start, updates


def numpy_sgd(_, epochs=100):
    """One point for each update, as the notebook does it."""
    points, targets, _, theta = synthetic()
    rate = np.float32(0.01)
    start = time.perf_counter()
    for _ in range(epochs):
        for point, target in zip(points, targets):
            theta -= rate * np.outer(point, softmax(point[None] @ theta)[0] - target)
    return time.perf_counter() - start, epochs * len(points)


def records(data, n_files):
    """Images `[n, 3072]` as bytes and their labels."""
    folder = data / "cifar-10-batches-bin"
    files = sorted(folder.glob("data_batch_*.bin"))[:n_files]
    raw = np.concatenate([np.fromfile(file, dtype=np.uint8) for file in files]).reshape(-1, 3073)
    return raw[:, 1:], raw[:, 0].astype(np.int64)


def torch_with_threads():
    import torch
    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(0)
    return torch


def full_batches(data, layers, epochs=100):
    """1,000 images at once, with the loss and the accuracy of each update."""
    torch = torch_with_threads()
    from torch import nn
    images, labels = records(data, 1)
    images, labels = torch.from_numpy(images[:1000]).float().div_(255), torch.from_numpy(labels[:1000])
    model = nn.Sequential(*layers(nn))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    criterion = nn.CrossEntropyLoss()
    start = time.perf_counter()
    for _ in range(epochs):
        optimizer.zero_grad()
        logits = model(images)
        loss = criterion(logits, labels)
        loss.backward()
        optimizer.step()
        loss.item(), (logits.argmax(1) == labels).float().mean().item()
    return time.perf_counter() - start, epochs


def torch_linear(data):
    return full_batches(data, lambda nn: [nn.Linear(3072, 10)])


def torch_mlp(data):
    return full_batches(data, lambda nn: [nn.Linear(3072, 64), nn.ReLU(), nn.Linear(64, 10)])


def train(torch, model, batches, optimizer):
    """One epoch, with the loss and the accuracy of each update."""
    updates = 0
    start = time.perf_counter()
    for inputs, labels in batches:
        optimizer.zero_grad()
        logits = model(inputs)
        loss = torch.nn.functional.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        loss.item(), (logits.argmax(1) == labels).float().mean().item()
        updates += 1
    return time.perf_counter() - start, updates


def preloaded(torch, data):
    """All images in one tensor, ready, and the rows of each batch taken from it."""
    images, labels = records(data, 5)
    images, labels = torch.from_numpy(images).float().div_(255), torch.from_numpy(labels)
    # The order is drawn when the loop begins.
    return ((images[rows], labels[rows]) for rows in torch.randperm(len(images)).split(BATCH))


def loader(torch, data):
    """A data set of images that are turned into tensors one by one, as torchvision's ToTensor does it."""
    images, labels = records(data, 5)
    images = np.ascontiguousarray(images.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))

    class Images(torch.utils.data.Dataset):
        def __len__(self):
            return len(images)

        def __getitem__(self, index):
            image = torch.from_numpy(images[index]).permute(2, 0, 1).contiguous()
            return image.to(torch.get_default_dtype()).div(255).flatten(), int(labels[index])

    return torch.utils.data.DataLoader(Images(), batch_size=BATCH, shuffle=True)


def full_mlp(data, batches):
    torch = torch_with_threads()
    nn = torch.nn
    model = nn.Sequential(nn.Linear(3072, 512), nn.ReLU(), nn.Linear(512, 10))
    return train(torch, model, batches(torch, data), torch.optim.SGD(model.parameters(), lr=0.01))


def torch_full_mlp(data):
    return full_mlp(data, preloaded)


def torch_full_mlp_loader(data):
    return full_mlp(data, loader)


def torch_full_linear(data):
    torch = torch_with_threads()
    model = torch.nn.Linear(3072, 10)
    return train(torch, model, preloaded(torch, data), torch.optim.SGD(model.parameters(), lr=0.01))


def image_updates(data, make_layers, updates, batch):
    """Updates of a network of images, in the quickest of PyTorch's forms: NCHW or `channels_last`, compiled or not."""
    torch = torch_with_threads()
    images, labels = records(data, 5)
    n = updates * batch
    images = torch.from_numpy(images[:n]).float().div_(255).view(-1, 3, 32, 32)
    labels = torch.from_numpy(labels[:n])
    model = torch.nn.Sequential(*make_layers(torch.nn)).train()
    networks = {"": model, ", compiled": torch.compile(model)}
    formats = {"NCHW": torch.contiguous_format, "channels_last": torch.channels_last}

    def epoch(form, updates):
        memory_format, network = formats[form[0]], networks[form[1]]
        optimizer = torch.optim.SGD(model.to(memory_format=memory_format).parameters(), lr=0.01)
        batches = torch.randperm(n).split(batch)[:updates]
        return train(torch, network, ((images[rows].to(memory_format=memory_format), labels[rows]) for rows in batches), optimizer)

    forms = list(itertools.product(formats, networks))
    for form in forms:
        # The first update compiles and allocates.
        epoch(form, 1)
    quickest = min(forms, key=lambda form: epoch(form, 2))
    return *epoch(quickest, updates), "".join(quickest)


def cnn_layers(nn):
    """Three blocks of convolution, batch norm, ReLU and max-pool, then a linear layer."""
    channels = 3
    for filters in [32, 64, 128]:
        yield from [nn.Conv2d(channels, filters, 3, padding=1), nn.BatchNorm2d(filters), nn.ReLU(), nn.MaxPool2d(2)]
        channels = filters
    yield from [nn.Flatten(), nn.Linear(128 * 16, 10)]


def torch_cnn(data):
    return image_updates(data, cnn_layers, updates=20, batch=BATCH)


def airbench_layers(nn):
    """The network of airbench94."""
    class Scale(nn.Module):
        def forward(self, x):
            return x / 256

    yield from [nn.Conv2d(3, 24, 2), nn.GELU()]
    channels = 24
    for filters in [64, 256, 256]:
        for pool in [[nn.MaxPool2d(2)], []]:
            norm = nn.BatchNorm2d(filters, eps=1e-12, momentum=0.4)
            norm.weight.requires_grad_(False)
            yield from [nn.Conv2d(channels, filters, 3, padding=1, bias=False), *pool, norm, nn.GELU()]
            channels = filters
    yield from [nn.MaxPool2d(3), nn.Flatten(), nn.Linear(256, 10, bias=False), Scale()]


def torch_airbench(data):
    return image_updates(data, airbench_layers, updates=4, batch=2000)


WORKLOADS = {name.replace("_", "-"): workload for name, workload in dict(
    numpy_softmax=numpy_softmax, numpy_softmax_bare=numpy_softmax_bare, numpy_sgd=numpy_sgd,
    torch_linear=torch_linear, torch_mlp=torch_mlp, torch_full_mlp=torch_full_mlp,
    torch_full_mlp_loader=torch_full_mlp_loader, torch_full_linear=torch_full_linear, torch_cnn=torch_cnn,
    torch_airbench=torch_airbench,
).items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("data"))
    arguments = parser.parse_args()
    seconds, updates, *form = WORKLOADS[arguments.workload](arguments.data)
    print(json.dumps({"seconds": seconds, "updates": updates, "form": form}))


if __name__ == "__main__":
    main()
