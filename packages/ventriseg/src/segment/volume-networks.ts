/**
 * The pair of three-dimensional networks: one finds the ventricles in the whole head at 4 mm, the other draws them
 * at 1 mm in the region found.
 */
import type { Shape3 } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';
import { type CanonicalNumber, ventricles } from '../labels/index.ts';

/** A loaded volume network, as far as segmenting needs it. */
export interface VolumeNetwork {
  readonly metadata: {
    readonly name: string;
    readonly role: 'locate' | 'segment';
    readonly spacingMm: number;
    /** Every side of the input must be a multiple of it. */
    readonly divisor: number;
    /** In the order of the output's channels, background first. */
    readonly classes: readonly { readonly name: string; readonly label: number }[];
    /** Optimiser steps that the weights have had. */
    readonly steps: number;
  };
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  /** Where it was loaded from, for messages. */
  readonly path: string;
  /** What became of the choroid plexus; undefined where the network does not tell it apart. */
  readonly choroidPlexus?: 'ventricle' | 'left-out' | undefined;
  /**
   * Runs the network.
   *
   * @param image intensities of `shape` [nx, ny, nz], x-fastest
   * @returns probabilities [classes, nz, ny, nx]
   */
  run(image: Float32Array, shape: Shape3): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Channels of the locate network before the ventricles: background, and the rest of the space inside the skull. */
export const locateVentriclesFrom = 2;

export interface VolumeNetworks {
  readonly locate: VolumeNetwork;
  readonly segment: VolumeNetwork;
  /** Frees both networks. */
  release(): Promise<void>;
}

/** The structures of a segment network, in the order of its channels, background left out. */
export function structuresOf({ metadata }: VolumeNetwork): { readonly labels: readonly [CanonicalNumber] }[] {
  return metadata.classes.slice(1).map(({ label }) => ({ labels: [label as CanonicalNumber] }));
}

/**
 * Puts the two networks together after checking that they are a pair.
 *
 * @throws VentrisegError BAD_MODEL when a role, spacing or class is not what segmenting needs
 */
export function pairNetworks(locate: VolumeNetwork, segment: VolumeNetwork): VolumeNetworks {
  for (const [network, role, spacing] of [
    [locate, 'locate', 4],
    [segment, 'segment', 1],
  ] as const) {
    const { metadata } = network;
    if (metadata.role !== role || metadata.spacingMm !== spacing) {
      throw bad(
        network,
        `is a ${metadata.role} network of ${metadata.spacingMm} mm; a ${role} network of ${spacing} mm is needed`,
      );
    }
  }
  if (locate.metadata.classes.length <= locateVentriclesFrom) {
    throw bad(locate, `has ${locate.metadata.classes.length} classes; the ventricles begin with the third`);
  }
  const known = new Set<number>(ventricles.map(({ number }) => number));
  const [background, ...rest] = segment.metadata.classes;
  const unknown = rest.find(({ label }) => !known.has(label));
  if (background?.label !== 0 || rest.length === 0 || unknown !== undefined) {
    const labels = segment.metadata.classes.map(({ label }) => label).join(', ');
    throw bad(
      segment,
      `has the labels ${labels}; 0 must come first, and then some of ${[...known].join(', ')}`,
    );
  }
  return {
    locate,
    segment,
    release: async () => {
      await Promise.all([locate.release(), segment.release()]);
    },
  };
}

function bad({ path }: VolumeNetwork, what: string): VentrisegError {
  return new VentrisegError('BAD_MODEL', `${path}: ${what}; name the pair that belongs together`, { path });
}
