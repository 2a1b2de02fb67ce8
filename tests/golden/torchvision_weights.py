#!/usr/bin/env python3
"""The weights of a small ResNet under the names of torchvision's `resnet18`, and its logits in f32.

The blocks are torchvision's `BasicBlock` (torchvision/models/resnet.py), two in each of four stages; there are fewer channels,
and no pool follows the first layer."""
import json
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

CHANNELS, N_CLASSES, IMAGE = (4, 5, 6, 7), 3, (3, 20, 17)


class BasicBlock(nn.Module):
    def __init__(self, n_inputs, n_outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(n_inputs, n_outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(n_outputs)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(n_outputs, n_outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(n_outputs)
        self.downsample = None
        if stride != 1 or n_inputs != n_outputs:
            convolution = nn.Conv2d(n_inputs, n_outputs, 1, stride, bias=False)
            self.downsample = nn.Sequential(convolution, nn.BatchNorm2d(n_outputs))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(out)) + identity)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, CHANNELS[0], 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(CHANNELS[0])
        self.relu = nn.ReLU()
        n_inputs = CHANNELS[0]
        for stage, n_outputs in enumerate(CHANNELS, 1):
            blocks = [BasicBlock(n_inputs, n_outputs, 1 if stage == 1 else 2), BasicBlock(n_outputs, n_outputs, 1)]
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
            n_inputs = n_outputs
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(n_inputs, N_CLASSES)

    def forward(self, x):
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def main():
    torch.manual_seed(3)
    module = ResNet()
    for norm in (part for part in module.modules() if isinstance(part, nn.BatchNorm2d)):
        nn.init.uniform_(norm.weight, 0.5, 1.5), nn.init.normal_(norm.bias, std=0.3)
        nn.init.normal_(norm.running_mean, std=0.3), nn.init.uniform_(norm.running_var, 0.5, 1.5)
    images = torch.round(torch.randn(3, *IMAGE) * 16) / 16
    with torch.no_grad():
        logits = module.eval()(images)
    path = pathlib.Path(__file__)
    save_file(module.state_dict(), path.with_suffix(".safetensors"))
    numbers = {"torch": torch.__version__, "inputs": images.flatten().tolist(), "logits": logits.flatten().tolist()}
    path.with_suffix(".json").write_text(json.dumps(numbers) + "\n")


if __name__ == "__main__":
    main()
