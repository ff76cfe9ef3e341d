/**
 * Encoder-decoder networks with and without skip connections (U-Net, Ronneberger et al. 2015), in any depth,
 * width and number of dimensions.
 *
 * Without skips this is the 2017 "ED-CNN": each level two convolutions, then pooling; a bottleneck of two; on
 * the way up linear resizing by two and two convolutions. With skips each level up is resizing, one convolution,
 * concatenation of [skip, convolved], two convolutions. Resizing and convolution may be one transposed convolution.
 */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { dropout } from '../operators/dropout.ts';
import { maxPool } from '../operators/pool.ts';
import { upsampleLinear, upsampleNearest } from '../operators/resize.ts';
import { concat, slice } from '../operators/shape.ts';
import type { Network } from '../training/network.ts';
import { type ConvBlockOptions, convBlock, upBlock } from './blocks.ts';

export interface EncoderDecoderOptions {
  readonly name: string;
  /** [channels, ...spatial] of one image; every spatial size must be divisible by 2 ^ levels. */
  readonly inputShape: readonly number[];
  /** Filters of each level down, e.g. [12, 24, 48, 96]; the bottleneck has twice the last. */
  readonly filters: readonly number[];
  /** Logits a pixel: 1 for one foreground, K for K classes (background included). */
  readonly classes: number;
  /** Channels that the last convolution makes, of which the first `classes` are used; default `classes`. */
  readonly outputChannels?: number;
  readonly skips: boolean;
  /** `transposed`: a learned 2x2(x2) transposed convolution in place of resizing and, with skips, the first convolution. */
  readonly upsampling?: 'linear' | 'nearest' | 'transposed';
  /**
   * Levels below the finest that make logits of their own while training (deep supervision): 1 for half the
   * resolution, 2 for half and a quarter ... The trainer then needs as many `sideLosses`.
   */
  readonly sideOutputs?: number;
  /** Of every convolution but the last. */
  readonly block?: Omit<ConvBlockOptions, 'stride' | 'groups' | 'padding'>;
  /** Of whole channels after the bottleneck. */
  readonly dropoutRate?: number;
}

export function encoderDecoder(options: EncoderDecoderOptions): Network {
  const { filters, block = {} } = options;
  const divisor = 2 ** filters.length;
  const [channels, ...spatial] = options.inputShape;
  if (channels === undefined || spatial.length < 2 || spatial.some((n) => n % divisor !== 0)) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `${options.name}: ${filters.length} levels need sizes divisible by ${divisor}, got ${formatShape(options.inputShape)}`,
    );
  }
  if (filters.length === 0) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `${options.name}: encoderDecoder() needs at least one level of filters`,
    );
  }
  const outputChannels = options.outputChannels ?? options.classes;
  if (outputChannels < options.classes) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `${options.name}: ${outputChannels} output channels cannot hold ${options.classes} classes`,
    );
  }
  const sideOutputs = options.sideOutputs ?? 0;
  if (!Number.isInteger(sideOutputs) || sideOutputs < 0 || sideOutputs >= filters.length) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `${options.name}: ${filters.length} levels can have 0 to ${filters.length - 1} side outputs, got ${sideOutputs}`,
    );
  }
  const grow = options.upsampling === 'nearest' ? upsampleNearest : upsampleLinear;
  return {
    name: options.name,
    inputShape: options.inputShape,
    build(images: Value): Value {
      const g = images.graph;
      const skips: Value[] = [];
      let x = images;
      const twice = (input: Value, width: number) =>
        convBlock('conv2', convBlock('conv1', input, width, block), width, block);
      filters.forEach((width, level) => {
        g.scope(`encoder${level + 1}`, () => {
          const y = twice(x, width);
          skips.push(y);
          x = maxPool(y);
        });
      });
      g.scope('bottleneck', () => {
        x = dropout(twice(x, 2 * filters[filters.length - 1]!), options.dropoutRate ?? 0);
      });
      const { activation: _activation, normalisation: _normalisation, kernel: _kernel, ...last } = block;
      const logitsOf = (name: string, y: Value) => {
        const logits = convBlock(name, y, outputChannels, { ...last, kernel: 1, activation: 'none' });
        return outputChannels === options.classes ? logits : slice(logits, 1, 0, options.classes);
      };
      for (let level = filters.length; level >= 1; level--) {
        const width = filters[level - 1]!;
        g.scope(`decoder${level}`, () => {
          let y: Value;
          if (options.upsampling === 'transposed') y = upBlock('up', x, width, block);
          else if (options.skips) y = convBlock('conv0', grow(x), width, block);
          else y = grow(x);
          x = twice(options.skips ? concat([skips[level - 1]!, y]) : y, width);
        });
        const side = level - 1;
        if (g.mode === 'training' && side >= 1 && side <= sideOutputs) {
          g.sideOutputs.unshift(logitsOf(`side_output${side}`, x));
        }
      }
      return logitsOf('output', x);
    },
  };
}
