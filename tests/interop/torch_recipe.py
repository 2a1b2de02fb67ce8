"""A recipe of `configs/` in PyTorch.

The tables of the recipe are the arguments of the functions here, so that a key that nothing here knows is an error. Samples,
weights, orders and augmentation are drawn by NumPy from the recipe's seed, in the order that emberlab documents. Filters of `dirac`
are PyTorch's; those of `whitening` come from the images by the formula of arXiv 2404.00498.
"""
import fnmatch
import pathlib
import sys

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD, lr_scheduler

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "golden"))
import curves  # noqa: E402
import preparation  # noqa: E402
import torch_network  # noqa: E402
from torch_groups import Rates  # noqa: E402
from torch_optimizers import NormalizedMuon  # noqa: E402
from torch_views import infer_basic, infer_mirror, infer_mirror_translate  # noqa: E402

KINDS = {nn.Conv2d: "convolution", nn.Linear: "linear", nn.BatchNorm2d: "batch-norm"}
VIEWS = {"none": infer_basic, "mirror": infer_mirror, "mirror+translate": infer_mirror_translate}


class Recipe:
    """The network of a configuration with its initial weights, and its images."""

    def __init__(self, config):
        self.config, model = config, config["model"]
        self.images = Images(config["seed"], **config["data"])
        self.network = torch_network.network(model["layers"], (3, 32, 32), n_classes=10)
        images = self.images.normalized(self.images.train)
        initialize(self.network, model["layers"], model["init"], config["seed"], images)

    def updates(self):
        """Trains, and yields the loss of each update after it. The caller may change the weights in between."""
        return updates(self.network, self.images, **self.config["training"])

    @torch.no_grad()
    def test_loss(self):
        """The loss of the test images, averaged over their views."""
        infer = VIEWS[self.config.get("evaluation", {}).get("views", "none")]
        return cross_entropy(infer(self.images.test, self.network.eval()), torch.tensor(self.images.test_labels)).item()

    def tensors(self):
        """A copy of the weights and running means."""
        state = self.network.state_dict().items()
        return {name: tensor.clone() for name, tensor in state if not name.endswith("num_batches_tracked")}


def standard(images):
    """The mean and the standard deviation of each channel."""
    return images.mean((0, 2, 3), keepdims=True), images.std((0, 2, 3), keepdims=True)


NORMALIZATIONS = {"unit": lambda images: (0, 1), "standard": standard}


class Images:
    """The samples of `[data]` and the batches of them."""

    def __init__(self, seed, *, source, directory, normalize, train_samples, test_samples, augment=None):
        train, test, self.labels, self.test_labels = curves.cifar10(
            {"directory": directory, "train_samples": train_samples, "test_samples": test_samples}, seed)
        self.train, test = train.reshape(-1, 3, 32, 32), test.reshape(-1, 3, 32, 32)
        self.mean, self.std = NORMALIZATIONS[normalize](self.train)
        self.test, self.seed, self.augment = self.normalized(test), seed, augmentation(**augment or {})

    def normalized(self, images):
        return torch.tensor((images - self.mean) / self.std)

    def batches(self, epochs, batch_size, drop_last, shuffle):
        """The batches of each epoch, inputs and labels."""
        case = {**self.augment, "epochs": epochs, "seed": self.seed, "shuffle_seed": self.seed if shuffle else None}
        n = len(self.labels) // batch_size * batch_size if drop_last else len(self.labels)

        def divide(order):
            return [order[start:min(start + batch_size, n)] for start in range(0, n, batch_size)]

        for epoch in preparation.augmented_batches(case, self.train, divide):
            yield [(self.normalized(images), torch.tensor(self.labels[rows])) for rows, images in epoch]


def augmentation(mirror="none", translate=0, border="zeros"):
    return {"mirror": mirror, "translate": translate, "border": border, "cutout": 0}


def definitions(layers):
    """The table of each convolution and linear layer, in the order of the module's; an empty one for a projection."""
    for layer in layers:
        for _ in range(layer.get("repeat", 1)):
            if layer["kind"] in ("convolution", "linear"):
                yield layer
            elif layer["kind"] == "residual":
                yield from definitions(layer["layers"])
                if layer.get("shortcut") == "projection":
                    yield {}


@torch.no_grad()
def initialize(network, layers, scheme, seed, images):
    """Draws the weights, layer by layer, rounded to f32."""
    rs = np.random.RandomState(seed)
    modules = [module for module in network.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    for module, layer in zip(modules, definitions(layers), strict=True):
        weight, own = module.weight, layer.get("init")
        drawn = scheme if own in (None, "dirac", "whitening") else {"scheme": own, "std": layer.get("std", 0.01)}
        matrix, bias = curves.initial_layer(weight[0].numel(), len(weight), drawn, rs)
        weight.copy_(torch.tensor(matrix).reshape(weight.shape))
        if module.bias is not None:
            module.bias.copy_(torch.tensor(bias))
        if own == "dirac":
            nn.init.dirac_(weight[:weight.shape[1]])
        elif own == "whitening":
            weight.copy_(whitening(images, *weight.shape[2:]))
    for parameter in network.parameters():
        parameter.copy_(parameter.float())


def whitening(images, height, width, epsilon=5e-4):
    """The eigenvectors of the second moments of the images' patches, each over the root of its eigenvalue, and their negatives.
    The largest component of the first ones is positive."""
    patches = images.unfold(2, height, 1).unfold(3, width, 1).transpose(1, 3).reshape(-1, images.shape[1] * height * width)
    values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
    filters = vectors.T / (values + epsilon).sqrt()[:, None]
    filters *= filters.gather(1, filters.abs().argmax(1, keepdim=True)).sign()
    return torch.cat([filters, -filters]).reshape(-1, images.shape[1], height, width)


def sgd(parameters, learning_rate, momentum=0.0, nesterov=False, weight_decay=0.0):
    return SGD(parameters, lr=learning_rate, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)


def muon(parameters, learning_rate, momentum, nesterov, normalize_weights, newton_schulz_steps, weight_decay):
    if not normalize_weights or weight_decay:
        raise ValueError("only the Muon of airbench94_muon is here")
    return NormalizedMuon(parameters, learning_rate, momentum, nesterov, newton_schulz_steps)


def constant(optimizer, updates):
    return lr_scheduler.ConstantLR(optimizer, 1.0)


def linear(optimizer, updates, end):
    return lr_scheduler.LinearLR(optimizer, 1.0, end, updates)


def one_cycle(optimizer, updates, warmup):
    rate = optimizer.param_groups[0]["lr"]
    return lr_scheduler.OneCycleLR(optimizer, rate, updates, pct_start=warmup, cycle_momentum=False)


OPTIMIZERS = {"sgd": sgd, "muon": muon}
SCHEDULES = {"constant": constant, "linear": linear, "one_cycle": one_cycle}


def parameters(network):
    """The name of each parameter that learns, the kind of its layer, and the parameter."""
    for name, module in network.named_modules():
        for tensor, parameter in module.named_parameters(recurse=False):
            if parameter.requires_grad:
                yield f"{name}.{tensor}", next(KINDS[kind] for kind in KINDS if isinstance(module, kind)), parameter


class Group:
    """The parameters that a group of the recipe selects, which are removed from `free`. It has `length` updates; with `epochs` of
    `per_epoch` updates each, as many as these."""

    def __init__(self, free, schedule, length, per_epoch, layers=None, names=None, frozen=False, epochs=None, kind="sgd", **keys):
        selected = [entry for entry in free if (layers is None or entry[1] in layers)
                    and (names is None or any(fnmatch.fnmatchcase(entry[0], name) for name in names))]
        for entry in selected:
            free.remove(entry)
        self.length = 0 if frozen else epochs * per_epoch if epochs else length
        if self.length:
            (name, table), = schedule.items()
            self.optimizer = OPTIMIZERS[kind]([parameter for *_, parameter in selected], **keys)
            self.rates = Rates(self.optimizer, lambda *arguments: SCHEDULES[name](*arguments, **table), self.length)

    def step(self, update):
        """Update `update`, counted from 0."""
        if update < self.length:
            self.rates.set(update)
            self.optimizer.step()


def updates(network, images, *, epochs, batch_size, optimizer, shuffle=False, drop_last=False, label_smoothing=0.0, schedule=None):
    free, groups, update = list(parameters(network)), [], 0
    rest = {key: value for key, value in optimizer.items() if key != "groups"}
    for epoch in images.batches(epochs, batch_size, drop_last, shuffle):
        for table in [] if groups else [*optimizer.get("groups", []), rest]:
            groups.append(Group(free, schedule or {"constant": {}}, epochs * len(epoch), len(epoch), **table))
        for inputs, labels in epoch:
            loss = cross_entropy(network(inputs), labels, label_smoothing=label_smoothing)
            network.zero_grad()
            loss.backward()
            for group in groups:
                group.step(update)
            update += 1
            yield loss.item()
