#!/usr/bin/env python3
"""Exports networks as ONNX, runs them in ONNX Runtime and compares their logits with those of `emberlab predict`.

    onnx_logits.py EMBERLAB

Every kind of layer is in some network: those of `tests/golden/networks/`, the recipes of `configs/full/`, every activation,
and tables with two and three classes. A logit may differ by 1e-5 of the largest one.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
import tomllib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from random_images import write_random_images  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOLERANCE = 1e-5
# Seconds that a command may take.
PATIENCE = 300
N_TEST = 12
SMALL = ["data.train_samples=48", f"data.test_samples={N_TEST}", "training.epochs=3", "training.batch_size=16", "evaluation.views=none"]
IMAGE = """
[data]
source = "cifar10"
normalize = "{normalize}"
[model]
{model}
[training]
epochs = 2
batch_size = 16
[training.optimizer]
learning_rate = 0.01
"""
TABLE = """
[data]
source = "csv"
file = "table.csv"
[model]
{model}
[training]
epochs = 3
batch_size = 16
[training.optimizer]
learning_rate = 0.1
"""


def emberlab(program, folder, *arguments):
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def layers_of(path):
    """The layers of a configuration as a line of TOML."""
    def toml(value):
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{key} = {toml(part)}" for key, part in value.items()) + " }"
        if isinstance(value, list):
            return "[" + ", ".join(map(toml, value)) + "]"
        return json.dumps(value)
    return toml(tomllib.loads(path.read_text())["model"]["layers"])


def networks():
    """Names, configurations and inputs of networks: images or rows of a table."""
    for path in sorted((ROOT / "tests" / "golden" / "networks").glob("*.toml")):
        yield path.stem, IMAGE.format(normalize="standard", model=f'kind = "layers"\nlayers = {layers_of(path)}'), "images"
    for activation in ["relu", "leaky-relu", "tanh", "sigmoid", "gelu"]:
        model = f'kind = "mlp"\nhidden = [16, 8]\nactivation = "{activation}"\ninit = {{ scheme = "kaiming-uniform" }}'
        yield activation, IMAGE.format(normalize="unit", model=model), "images"
    yield "cnn", IMAGE.format(normalize="none", model='kind = "cnn"\nchannels = [4, 6]\nhidden = [8]\nbatch_norm = true\ndropout = 0.3'), "images"
    yield "table", TABLE.format(model='kind = "mlp"\nhidden = [6]\nbatch_norm = true'), "table"
    yield "two-classes", TABLE.replace("table.csv", "two.csv").format(model='kind = "linear"\noutput = "sigmoid"'), "two"
    for name in ["full-airbench", "full-resnet20"]:
        yield name, None, "images"


def write_tables(folder):
    rs = np.random.RandomState(4)
    for name, classes in [("table", ["a", "b", "c"]), ("two", ["no", "yes"])]:
        rows = rs.normal(size=(60, 3)) * [1, 20, 300]
        lines = ["width,height,mass,label"]
        lines += [",".join(map(repr, map(float, row))) + f",{classes[number % len(classes)]}" for number, row in enumerate(rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def inputs_of(folder, kind):
    """What `emberlab predict` is given, and the same as an array."""
    if kind == "images":
        records = np.fromfile(folder / "data" / "cifar-10-batches-bin" / "test_batch.bin", np.uint8).reshape(-1, 3073)
        arguments = [f"data/cifar-10-batches-bin/test_batch.bin:{number}" for number in range(N_TEST)]
        return arguments, records[:N_TEST, 1:].reshape(-1, 3, 32, 32).astype(np.float32)
    table = np.genfromtxt(folder / f"{kind}.csv", delimiter=",", skip_header=1, usecols=(0, 1, 2))
    return [f"{kind}.csv"], table.astype(np.float32)


def compare(program, folder, name, config, kind):
    if config is None:
        path, sets = ROOT / "configs" / "full" / f"{name}.toml", [*SMALL, "data.directory=data"]
    else:
        path, sets = folder / f"{name}.toml", []
        path.write_text(f'name = "{name}"\n{config}')
    emberlab(program, folder, "train", str(path), "--dashboard", "none", *(word for one in sets for word in ("--set", one)))
    arguments, array = inputs_of(folder, kind)
    views = json.loads(emberlab(program, folder, "predict", name, *arguments, "--json"))
    emberlab(program, folder, "export", name, "--format", "onnx", "--out", f"{name}.onnx")
    model = onnx.load(folder / f"{name}.onnx")
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(folder / f"{name}.onnx", providers=["CPUExecutionProvider"])
    logits, probabilities = session.run(["logits", "probabilities"], {"input": array})
    classes = json.loads({one.key: one.value for one in model.metadata_props}["classes"])
    ours = np.array([prediction["logits"] for prediction in views], dtype=np.float64)
    predicted = probabilities.argmax(1) if len(probabilities[0]) > 1 else (probabilities[:, 0] >= 0.5).astype(int)
    same = [classes[number] for number in predicted] == [prediction["class"] for prediction in views]
    difference = float(np.abs(logits - ours).max() / max(1.0, np.abs(ours).max()))
    print(f"{name}: largest difference of {ours.size} logits {difference:.1e} of the largest, classes {'the same' if same else 'DIFFER'}")
    return difference <= TOLERANCE and same


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        write_random_images(folder, 96, 40)
        write_tables(folder)
        wrong = [name for name, config, kind in networks() if not compare(program, folder, name, config, kind)]
    if wrong:
        sys.exit(f"ONNX Runtime differs for {', '.join(wrong)}")


if __name__ == "__main__":
    main()
