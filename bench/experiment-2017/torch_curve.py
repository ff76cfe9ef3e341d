"""Trains a network of the 2017 experiment in PyTorch and writes its training loss, step by step, as CSV.

The recipe is that of `ventriseg train`: training slices of the prepared dataset, each seen once before any is seen
again, batches of 100, soft Jaccard loss, Adam 1e-4, weights truncated normal with sd 0.1, biases 0.1. With
--start both the start values and the slices of every batch are ours (export-start-weights.ts).
"""
import argparse
import csv
import json
import os
import sys
import time

import numpy
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pytorch"))
from encoder_decoder import (  # noqa: E402
    EncoderDecoder,
    initialise_as_2017,
    load_weights,
    soft_jaccard_loss,
)

RECIPES = {"ed-cnn-2017": False, "unet-2017": True}


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", help="folder that `ventriseg prepare` made")
    parser.add_argument("-o", "--output", required=True, help="CSV file to write: step,loss")
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="ed-cnn-2017")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=0, help="of start values and of the order of slices")
    parser.add_argument("--start", help="folder that export-start-weights.ts made, instead of the seed")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def training_slices(manifest):
    return numpy.concatenate(
        [
            numpy.arange(subject["offset"], subject["offset"] + len(subject["slices"]))
            for subject in manifest["subjects"]
            if subject["split"] == "train"
        ]
    )


def shuffled_batches(positions, batch, seed):
    """All slices in random order, then all again in another; a batch may span two rounds."""
    generator = numpy.random.default_rng(seed)
    remaining = numpy.empty(0, dtype=positions.dtype)
    while True:
        while len(remaining) < batch:
            remaining = numpy.concatenate([remaining, generator.permutation(positions)])
        yield remaining[:batch]
        remaining = remaining[batch:]


def main():
    options = read_options()
    torch.set_num_threads(options.threads)
    with open(os.path.join(options.dataset, "manifest.json"), encoding="utf8") as file:
        manifest = json.load(file)
    images = numpy.load(os.path.join(options.dataset, "images.npy"), mmap_mode="r")
    labels = numpy.load(os.path.join(options.dataset, "labels.npy"), mmap_mode="r")
    network = EncoderDecoder([12, 24, 48, 96], RECIPES[options.recipe], output_channels=2)
    if options.start:
        load_weights(network, os.path.join(options.start, "weights.json"))
        batches = iter(numpy.load(os.path.join(options.start, "batches.npy")))
    else:
        initialise_as_2017(network, options.seed)
        batches = shuffled_batches(training_slices(manifest), options.batch, options.seed + 1)
    network = network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(network.parameters(), lr=options.learning_rate)
    began = time.perf_counter()
    with open(options.output, "w", newline="", encoding="utf8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["step", "loss"])
        for step, chosen in zip(range(1, options.steps + 1), batches):
            x = torch.from_numpy(images[chosen].astype("f4") / numpy.float32(255))[:, None]
            target = torch.from_numpy((labels[chosen] != 0).astype("f4"))[:, None]
            optimiser.zero_grad(set_to_none=True)
            loss = soft_jaccard_loss(network(x), target)
            loss.backward()
            optimiser.step()
            writer.writerow([step, loss.item()])
            if step % 10 == 0:
                file.flush()
                left = (time.perf_counter() - began) / step * (options.steps - step)
                print(f"step {step} loss {loss.item():.4f}, {left:.0f} s left", file=sys.stderr)
    if step < options.steps:
        sys.exit(f"{options.start}: holds batches for only {step} of {options.steps} steps")


main()
