#!/usr/bin/env python3
"""PyTorch's logits of images, averaged over their views by airbench's `infer_mirror` and `infer_mirror_translate`
(https://github.com/KellerJordan/cifar10-airbench, airbench94.py), in f64, of a CNN and of a perceptron on rectangles of odd
sides."""
import json
import pathlib

import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent


def infer_basic(inputs, net):
    return net(inputs)


def infer_mirror(inputs, net):
    return 0.5 * net(inputs) + 0.5 * net(inputs.flip(-1))


def infer_mirror_translate(inputs, net):
    logits = infer_mirror(inputs, net)
    height, width = inputs.shape[2:]
    pad = 1
    padded_inputs = F.pad(inputs, (pad,) * 4, "reflect")
    inputs_translate_list = [
        padded_inputs[:, :, 0:height, 0:width],
        padded_inputs[:, :, 2:height + 2, 2:width + 2],
    ]
    logits_translate_list = [infer_mirror(inputs_translate, net) for inputs_translate in inputs_translate_list]
    logits_translate = torch.stack(logits_translate_list).mean(0)
    return 0.5 * logits + 0.5 * logits_translate


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList([nn.Conv2d(3, 2, 3, padding=1)])
        self.layers = nn.ModuleList([nn.Linear(2 * 16 * 16, 10)])

    def forward(self, x):
        return self.layers[0](F.max_pool2d(torch.tanh(self.convolutions[0](x)), 2).flatten(1))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3 * 5 * 7, 6), nn.Linear(6, 4)])

    def forward(self, x):
        return self.layers[1](torch.tanh(self.layers[0](x.flatten(1))))


def case(name, net, height, width):
    images = torch.randint(0, 256, (3, 3, height, width))
    for parameter in net.parameters():
        parameter.data.normal_().mul_(0.2).round_(decimals=4)
    inputs = images.double() / 255
    with torch.no_grad():
        logits = {views: infer(inputs, net).tolist() for views, infer in
                  [("none", infer_basic), ("mirror", infer_mirror), ("mirror+translate", infer_mirror_translate)]}
    weights = [{"name": key, "shape": list(tensor.shape), "values": [round(value, 4) for value in tensor.flatten().tolist()]}
               for key, tensor in net.state_dict().items()]
    return {"name": name, "height": height, "width": width, "images": images.flatten().tolist(), "weights": weights,
            "logits": logits}


def main():
    torch.manual_seed(0)
    cases = [case("cnn", Cnn().double(), 32, 32), case("mlp", Mlp().double(), 5, 7)]
    (HERE / "torch_views.json").write_text(json.dumps({"torch": torch.__version__, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
