/** The encoder-decoder of modules/encoder-decoder.ts once more, in PyTorch, with our names of the parameters. */
import { slotOf } from '../training/parameter-layout.ts';
import type { Trainer } from '../training/trainer.ts';
import { type Tensor64, tensor64 } from './tensor64.test-helper.ts';

/** Of `runTorch`: defines `network`, the losses, and the dict `w` of the inputs whose names start with `w:`. */
export const TORCH_NETWORK = `
def network(x, w, levels, skips):
    def conv(x, name, padding=1):
        return F.conv2d(x, w[name + '/weight'], w[name + '/bias'], padding=padding)
    def twice(x, name):
        return F.relu(conv(F.relu(conv(x, name + '/conv1')), name + '/conv2'))
    kept = []
    for level in range(1, levels + 1):
        x = twice(x, f'encoder{level}')
        kept.append(x)
        x = F.max_pool2d(x, 2)
    x = twice(x, 'bottleneck')
    for level in range(levels, 0, -1):
        x = F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)
        if skips:
            x = torch.cat([kept[level - 1], F.relu(conv(x, f'decoder{level}/conv0'))], 1)
        x = twice(x, f'decoder{level}')
    return conv(x, 'output', 0)[:, :1]
def sums(logits, g):
    p = torch.sigmoid(logits)
    return [(t).sum((1, 2, 3)) for t in (p * g, p, g)]
def jaccard(logits, g):
    both, p, g = sums(logits, g)
    return -(both / (p + g - both)).mean()
def dice(logits, g):
    both, p, g = sums(logits, g)
    return (1 - (2 * both + 1) / (p + g + 1)).mean()
w = {name[2:]: t.requires_grad_() for name, t in inputs.items() if name.startswith('w:')}
`;

/** A trainer's weights as inputs of `TORCH_NETWORK`. */
export function torchWeights(trainer: Trainer): Record<string, Tensor64> {
  return Object.fromEntries(
    trainer.layout.trainable.map((slot) => [
      `w:${slot.name}`,
      tensor64(slot.shape, slotOf(trainer.weights, slot)),
    ]),
  );
}
