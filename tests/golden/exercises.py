#!/usr/bin/env python3
"""The functions of the exercises in PyTorch, in f64: outputs for random arguments. Derivatives come from its autograd."""
import json
import pathlib

import torch
from torch.nn import functional as F


def gradients(loss, *inputs):
    return [gradient.detach() for gradient in torch.autograd.grad(loss, inputs)]


def leaf(tensor):
    return tensor.clone().requires_grad_()


def one_hot(m, n_classes):
    labels = torch.randint(0, n_classes, (m,))
    return labels, F.one_hot(labels, n_classes).double()


def main():
    torch.manual_seed(11)
    torch.set_default_dtype(torch.float64)
    m, n, h, k = 7, 4, 5, 3
    labels, targets = one_hot(m, k)
    y = torch.randint(0, 2, (m, 1)).double()
    z, z1 = torch.randn(m, k) * 2, torch.randn(m, 1) * 2
    p, p1 = torch.softmax(z, 1), torch.sigmoid(z1)
    records = {
        "sigmoid": [([z], [torch.sigmoid(z)])],
        "softmax": [([z], [p])],
        "binary_cross_entropy": [([y, p1], [F.binary_cross_entropy(p1, y)])],
        "cross_entropy": [([targets, p], [F.nll_loss(torch.log(p), labels)])],
    }

    x = leaf(z)
    records["sigmoid_derivative"] = [([z], gradients(torch.sigmoid(x).sum(), x))]
    row = z[:1]
    jacobian = torch.autograd.functional.jacobian(lambda row: torch.softmax(row, 1), row)[0, :, 0]
    records["softmax_derivative"] = [([row], [jacobian])]
    x = leaf(p1)
    records["binary_cross_entropy_derivative"] = [([y, p1], gradients(F.binary_cross_entropy(x, y), x))]
    x = leaf(p)
    records["cross_entropy_derivative"] = [([targets, p], gradients(F.nll_loss(torch.log(x), labels), x))]

    inputs = torch.cat([torch.ones(m, 1), torch.randn(m, n)], 1)
    theta = leaf(torch.randn(n + 1, k))
    logits = inputs @ theta
    probabilities = torch.softmax(logits, 1).detach()
    records["linear_gradient"] = [([inputs, targets, probabilities], gradients(F.cross_entropy(logits, labels), theta))]

    weights, gradient = torch.nn.Parameter(torch.randn(n, k)), torch.randn(n, k)
    before = weights.detach().clone()
    weights.grad = gradient.clone()
    torch.optim.SGD([weights], lr=0.3).step()
    records["update"] = [([before, gradient, torch.tensor(0.3)], [weights.detach()])]

    features = torch.randn(m, n)
    w1, b1, w2, b2 = (leaf(torch.randn(*shape)) for shape in [(h, n), (1, h), (k, h), (1, k)])
    loss = F.cross_entropy(F.linear(torch.relu(F.linear(features, w1, b1[0])), w2, b2[0]), labels)
    records["mlp_backward"] = [([features, targets, w1, b1, w2, b2], gradients(loss, w1, b1, w2, b2))]

    image, filters, bias = leaf(torch.randn(2, 6, 5)), leaf(torch.randn(3, 2, 3, 3)), leaf(torch.randn(3))
    output = F.conv2d(image[None], filters, bias)[0]
    by_output = torch.randn_like(output)
    records["convolution_backward"] = [([image, filters, by_output], gradients((output * by_output).sum(), image, filters, bias))]

    def arrays(tensors):
        return [{"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()} for tensor in tensors]

    golden = {name: [{"arguments": arrays(arguments), "outputs": arrays(outputs)} for arguments, outputs in cases]
              for name, cases in records.items()}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(golden, indent=1) + "\n")
    print(path, torch.__version__)


if __name__ == "__main__":
    main()
