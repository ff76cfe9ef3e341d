"""Times PyTorch in a process of its own, on the same network, start values, batch, loss and optimiser.

Speaks the protocol of worker-protocol.ts: one JSON argument, then JSON lines in, JSON lines out.
"""
import json
import os
import resource
import sys
import time

import numpy
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pytorch"))
from encoder_decoder import EncoderDecoder, load_weights, soft_jaccard_loss  # noqa: E402

LEARNING_RATE = 1e-4


def main():
    setup = json.loads(sys.argv[1])
    torch.set_num_threads(setup["threads"])
    spatial = setup["spatial"]
    last = torch.channels_last if len(spatial) == 2 else torch.channels_last_3d
    layout = {"contiguous": torch.contiguous_format, "channels_last": last}[setup["layout"]]
    shape = (setup["batch"], 1, *spatial)

    def floats(path):
        values = numpy.fromfile(path, dtype="<f4", count=int(numpy.prod(shape))).reshape(shape)
        return torch.from_numpy(values).contiguous(memory_format=layout)

    def network():
        made = EncoderDecoder(
            setup["filters"], setup["skips"], setup["outputChannels"], len(spatial), setup["upsampling"]
        )
        load_weights(made, setup["weights"])
        return made.to(memory_format=layout)

    images, targets = floats(setup["images"]), floats(setup["targets"])
    steps = {}

    def prepare(task):
        model = network()
        if task == "forward":
            model.eval()

            def step():
                with torch.inference_mode():
                    torch.sigmoid(model(images))
                return None

        else:
            optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)

            def step():
                optimiser.zero_grad(set_to_none=True)
                loss = soft_jaccard_loss(model(images), targets)
                loss.backward()
                optimiser.step()
                return loss.item()

        steps[task] = step
        first_loss = step()
        # Memory is asked of the system during the first steps.
        for _ in range(setup["warmUpSteps"]):
            step()
        return {"firstLoss": first_loss}

    def measure(task, seconds):
        start = time.perf_counter()
        done, elapsed = 0, 0.0
        while done == 0 or elapsed < seconds:
            steps[task]()
            done += 1
            elapsed = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {"images": done * setup["batch"], "seconds": elapsed, "peakMemoryMb": peak}

    print(json.dumps({"ready": True, "version": torch.__version__}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request["command"] == "prepare":
            answer = prepare(request["task"])
        else:
            answer = measure(request["task"], request["seconds"])
        print(json.dumps(answer), flush=True)


main()
