#!/usr/bin/env python3
"""Exchanges weights between emberlab, PyTorch and NumPy and checks that the logits agree within 1e-5.

    torch_weights.py EMBERLAB

Trains an MLP and a CNN on little sets of random images, loads `model.safetensors` in PyTorch and (the MLP) in
NumPy, and compares their logits with those of `emberlab predict`. Then the other way: weights made by PyTorch
start a run that does not move them, and the logits are compared again.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors.numpy import load_file as load_numpy
from safetensors.torch import load_file, save_file
from torch import nn

TOLERANCE = 1e-5
# Seconds that a command may take.
PATIENCE = 300
CONFIG = """
name = "{name}"
[data]
source = "cifar10"
[model]
{model}
[training]
epochs = 3
batch_size = 16
[training.optimizer]
learning_rate = {rate}
"""
MLP = 'kind = "mlp"\nhidden = [12, 7]\nactivation = "gelu"\n'
CNN = 'kind = "cnn"\nchannels = [4, 6]\nhidden = [8]\nbatch_norm = true\n'
DTYPES = {"F64": torch.float64, "F16": torch.float16, "BF16": torch.bfloat16}
FILES = {
    "F32": lambda weights: weights,
    "under `module.`": lambda weights: {f"module.{key}": tensor for key, tensor in weights.items()},
    **{kind: (lambda weights, dtype=dtype: {key: tensor.to(dtype) for key, tensor in weights.items()})
       for kind, dtype in DTYPES.items()},
}
DRAWN = 'init = { scheme = "kaiming-uniform" }'


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3072, 12), nn.Linear(12, 7), nn.Linear(7, 10)])

    def forward(self, x):
        x = nn.functional.gelu(self.layers[0](x))
        return self.layers[2](nn.functional.gelu(self.layers[1](x)))


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList([nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 6, 3, padding=1)])
        self.norms = nn.ModuleList([nn.BatchNorm2d(4), nn.BatchNorm2d(6), nn.BatchNorm1d(8)])
        self.layers = nn.ModuleList([nn.Linear(6 * 8 * 8, 8), nn.Linear(8, 10)])

    def forward(self, x):
        x = x.reshape(-1, 3, 32, 32)
        for convolution, norm in zip(self.convolutions, self.norms):
            x = nn.functional.max_pool2d(torch.relu(norm(convolution(x))), 2)
        return self.layers[1](torch.relu(self.norms[2](self.layers[0](x.flatten(1)))))


def numpy_mlp(weights, x):
    from math import erf
    gelu = lambda z: z * (1 + np.vectorize(erf)(z / np.sqrt(2))) / 2
    for i in range(3):
        x = x @ weights[f"layers.{i}.weight"].T.astype(np.float64) + weights[f"layers.{i}.bias"]
        x = gelu(x) if i < 2 else x
    return x


def write_set(folder):
    rs = np.random.RandomState(1)
    folder.mkdir(parents=True)
    for name, n in [("data_batch_1.bin", 64), ("test_batch.bin", 20)]:
        records = np.concatenate([rs.randint(0, 10, (n, 1)), rs.randint(0, 256, (n, 3072))], axis=1)
        (folder / name).write_bytes(records.astype(np.uint8).tobytes())
    (folder / "batches.meta.txt").write_text("\n".join("abcdefghij") + "\n")


def emberlab(program, folder, *arguments):
    return subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout


def emberlab_logits(program, folder, run):
    inputs = [f"data/cifar-10-batches-bin/test_batch.bin:{i}" for i in range(20)]
    return np.array([p["logits"] for p in json.loads(emberlab(program, folder, "predict", run, *inputs, "--json"))])


def train(program, folder, name, model, rate):
    (folder / f"{name}.toml").write_text(CONFIG.format(name=name, model=model, rate=rate))
    emberlab(program, folder, "train", f"{name}.toml", "--dashboard", "none", "--overwrite")


def compare(what, ours, theirs):
    difference = float(np.abs(ours - theirs).max())
    print(f"{what}: largest difference of {ours.size} logits {difference:.1e}")
    return difference <= TOLERANCE


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    good = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        records = folder / "data" / "cifar-10-batches-bin"
        write_set(records)
        x = np.frombuffer((records / "test_batch.bin").read_bytes(), np.uint8).reshape(-1, 3073)[:, 1:] / 255
        inputs = torch.tensor(x, dtype=torch.float32)
        for name, config, make in [("mlp", MLP, Mlp), ("cnn", CNN, Cnn)]:
            train(program, folder, name, config + DRAWN, 0.01)
            ours = emberlab_logits(program, folder, name)
            path = folder / "artifacts" / name / "model.safetensors"
            model = make().eval()
            model.load_state_dict(load_file(path), strict=name == "mlp")
            with torch.no_grad():
                good.append(compare(f"{name}, emberlab to PyTorch", ours, model(inputs).numpy()))
            if name == "mlp":
                good.append(compare("mlp, emberlab to NumPy", ours, numpy_mlp(load_numpy(path), x)))

            torch.manual_seed(3)
            model = make()
            with torch.no_grad():
                for norm in getattr(model, "norms", []):
                    norm.running_mean.normal_(), norm.running_var.uniform_(0.5, 2), norm.weight.normal_()
            weights = model.state_dict()
            save_file(weights, folder / "torch.safetensors")
            if name == "mlp":  # training a CNN would move its running means
                for kind, make_file in FILES.items():
                    save_file(make_file(weights), folder / "torch.safetensors")
                    train(program, folder, "back", config + 'init = { from = "torch.safetensors" }', 1e-30)
                    copy = make().eval()
                    copy.load_state_dict({key: tensor.to(DTYPES.get(kind, torch.float32)).float() for key, tensor in weights.items()})
                    with torch.no_grad():
                        good.append(compare(f"mlp, PyTorch to emberlab, {kind}", emberlab_logits(program, folder, "back"),
                                            copy(inputs).numpy()))
            else:
                run = folder / "artifacts" / "cnn" / "model.safetensors"
                run.write_bytes((folder / "torch.safetensors").read_bytes())
                with torch.no_grad():
                    good.append(compare("cnn, PyTorch to emberlab", emberlab_logits(program, folder, "cnn"),
                                        model.eval()(inputs).numpy()))
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
