"""The weights and running means in a checkpoint of emberlab, with the names that PyTorch gives them."""
import msgpack
import numpy as np
import torch

# What a record of Burn has between the names of PyTorch.
INNER = {"param", "Convolution", "Linear", "BatchNorm", "Residual"}
NAMES = {"running_variance": "running_var"}


def read(path):
    """The tensors of a file `<updates>.ckpt`."""
    _, _, stored = path.read_bytes().partition(b"\n")
    model = msgpack.unpackb(msgpack.unpackb(stored)["training"]["model"])
    return dict(tensors(model["item"]["network"]["layers"], []))


def tensors(record, path):
    """The tensors in a part of a record, each with its name."""
    if isinstance(record, dict) and "bytes" in record:
        name = ".".join(NAMES.get(part, part) for part in path if part not in INNER)
        yield name, torch.tensor(np.frombuffer(record["bytes"], np.float32).reshape(record["shape"]))
    elif isinstance(record, dict):
        for key, value in record.items():
            yield from tensors(value, [*path, key])
    elif isinstance(record, list):
        for index, value in enumerate(record):
            yield from tensors(value, [*path, str(index)])
