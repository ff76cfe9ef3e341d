/**
 * A picture as shapes in the order they are painted, so that the SVG and the PNG of a chart are the same. Units
 * are CSS pixels from the top left.
 */
import type { Rgb } from '../../packages/ventriseg/src/pictures/index.ts';

export type Point = readonly [x: number, y: number];

export type Shape =
  | {
      readonly kind: 'line';
      readonly points: readonly Point[];
      readonly colour: Rgb;
      readonly width: number;
      /** Lengths of stroke and gap; solid when left out. */
      readonly dash?: readonly [number, number];
    }
  | {
      readonly kind: 'area';
      /** Corners of a polygon. */
      readonly points: readonly Point[];
      readonly colour: Rgb;
      readonly opacity: number;
    }
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Of the baseline, at the anchor. */
      readonly at: Point;
      readonly anchor: 'start' | 'middle' | 'end';
      readonly size: number;
      readonly colour: Rgb;
    };

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** For those who cannot see it. */
  readonly description: string;
  readonly shapes: readonly Shape[];
}
