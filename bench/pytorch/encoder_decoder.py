"""The encoder-decoder networks of onnx-autograd in PyTorch, for speed and curves side by side.

Layers, order of convolutions, names of parameters and loss are those of packages/autograd/src/modules/
encoder-decoder.ts: each level two 3x3 convolutions with bias and ReLU, then 2x2 max-pooling; a bottleneck of two;
on the way up linear resizing (align_corners=False) and two convolutions, with skips resizing, one convolution,
concatenation of [skip, convolved] and two convolutions; a 1x1 convolution, of whose channels the first is used. In
two or in three dimensions, growing linearly or by repetition.
"""
import json
import os

import numpy
import torch
from torch import nn
from torch.nn import functional


CONVOLUTIONS = {2: nn.Conv2d, 3: nn.Conv3d}
POOLINGS = {2: functional.max_pool2d, 3: functional.max_pool3d}


class TwoConvolutions(nn.Module):
    def __init__(self, inputs, width, dimensions):
        super().__init__()
        convolution = CONVOLUTIONS[dimensions]
        self.conv1 = convolution(inputs, width, 3, padding=1)
        self.conv2 = convolution(width, width, 3, padding=1)

    def forward(self, x):
        return functional.relu(self.conv2(functional.relu(self.conv1(x))))


class LevelUp(TwoConvolutions):
    def __init__(self, inputs, width, skips, dimensions, upsampling):
        super().__init__(2 * width if skips else inputs, width, dimensions)
        self.skips = skips
        if upsampling == "nearest":
            self.growing = {"mode": "nearest"}
        else:
            self.growing = {"mode": {2: "bilinear", 3: "trilinear"}[dimensions], "align_corners": False}
        if skips:
            self.conv0 = CONVOLUTIONS[dimensions](inputs, width, 3, padding=1)

    def forward(self, x, skip):
        x = functional.interpolate(x, scale_factor=2, **self.growing)
        if self.skips:
            x = torch.cat([skip, functional.relu(self.conv0(x))], dim=1)
        return super().forward(x)


class EncoderDecoder(nn.Module):
    def __init__(self, filters, skips, output_channels, dimensions=2, upsampling="linear"):
        super().__init__()
        self.levels = len(filters)
        self.pool = POOLINGS[dimensions]
        inputs = 1
        for level, width in enumerate(filters, start=1):
            setattr(self, f"encoder{level}", TwoConvolutions(inputs, width, dimensions))
            inputs = width
        self.bottleneck = TwoConvolutions(inputs, 2 * inputs, dimensions)
        inputs *= 2
        for level in range(self.levels, 0, -1):
            up = LevelUp(inputs, filters[level - 1], skips, dimensions, upsampling)
            setattr(self, f"decoder{level}", up)
            inputs = filters[level - 1]
        self.output = CONVOLUTIONS[dimensions](inputs, output_channels, 1)

    def forward(self, x):
        skips = []
        for level in range(1, self.levels + 1):
            x = getattr(self, f"encoder{level}")(x)
            skips.append(x)
            x = self.pool(x, 2)
        x = self.bottleneck(x)
        for level in range(self.levels, 0, -1):
            x = getattr(self, f"decoder{level}")(x, skips[level - 1])
        return self.output(x)[:, :1]


def soft_jaccard_loss(logits, target):
    """Mean over the batch of -sum(pg) / sum(p + g - pg), the loss of the 2017 experiment."""
    p = torch.sigmoid(logits)
    both = (p * target).flatten(1).sum(dim=1)
    either = p.flatten(1).sum(dim=1) + target.flatten(1).sum(dim=1) - both
    return -(both / either).mean()


def initialise_as_2017(network, seed):
    """Weights truncated normal (redrawn beyond 2 sd) with sd 0.1, biases 0.1."""
    generator = numpy.random.default_rng(seed)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name.endswith("bias"):
                parameter.fill_(0.1)
                continue
            values = generator.standard_normal(parameter.numel())
            while (beyond := numpy.abs(values) > 2).any():
                values[beyond] = generator.standard_normal(int(beyond.sum()))
            parameter.copy_(torch.from_numpy(0.1 * values.reshape(parameter.shape)))


def load_weights(network, path):
    """Weights that bench/pytorch/weights-file.ts wrote: a JSON index beside the raw float32 values."""
    with open(path, encoding="utf8") as file:
        index = json.load(file)
    values = numpy.fromfile(os.path.join(os.path.dirname(path), index["file"]), dtype="<f4")
    slots = {slot["name"].replace("/", "."): slot for slot in index["parameters"]}
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            slot = slots.pop(name)
            if list(parameter.shape) != slot["shape"]:
                raise ValueError(f"{path}: {name} is {slot['shape']}, PyTorch's is {list(parameter.shape)}")
            part = values[slot["offset"] : slot["offset"] + slot["count"]]
            parameter.copy_(torch.from_numpy(part.reshape(slot["shape"]).copy()))
    if slots:
        raise ValueError(f"{path}: holds parameters that the network has not: {', '.join(slots)}")
