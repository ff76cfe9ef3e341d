import { expect, test } from 'vitest';
import { normChart } from './norm-chart.ts';
import { ticksOf } from './ticks.ts';
import { timeCourseChart } from './time-course-chart.ts';

test('ticks are round numbers that cover the range', () => {
  expect(ticksOf(0, 80, 8)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
  expect(ticksOf(0.227, 0.335, 5)).toEqual([0.2, 0.25, 0.3, 0.35]);
  expect(ticksOf(11.3, 12.9, 4)).toEqual([11, 11.5, 12, 12.5, 13]);
});

const attributes = (markup: string, tag: RegExp, name: string) =>
  [...markup.matchAll(tag)].map(([element]) =>
    Number(new RegExp(`\\b${name}="([-\\d.]+)"`).exec(element)![1]),
  );

test('the band of a norm reaches from two deviations below to two above, the value lies on the same scale', () => {
  const norm = { title: 'x', unit: 'mL', digits: 0, value: 55, mean: 40, sd: 10, upperLimit: { value: 80 } };
  const { markup } = normChart(norm, 9.8);
  // The axis goes from 20 to 80 over 580 units from 30.
  const at = (value: number) => Math.round((30 + ((value - 20) / 60) * 580) * 10) / 10;
  expect(attributes(markup, /<rect[^>]*>/g, 'x')).toEqual([at(20)]);
  expect(attributes(markup, /<rect[^>]*>/g, 'width')[0]).toBeCloseTo(at(60) - at(20), 5);
  expect(attributes(markup, /<circle[^>]*>/g, 'cx')).toEqual([at(55)]);
  expect(attributes(markup, /<line class="bar"[^>]*>/g, 'x1')).toEqual([at(55 - 9.8)]);
  expect(attributes(markup, /<line class="limit"[^>]*>/g, 'x1')).toEqual([at(80)]);
  expect(normChart({ ...norm, upperLimit: null }, 0).markup).not.toContain('class="limit"');
});

test('scans lie at their times, higher values higher up, bars as long as told to each side', () => {
  const points = [
    { name: 'a', at: 0, value: 10, reach: 2 },
    { name: 'b', at: 1, value: 20, reach: 0 },
    { name: 'c', at: 4, value: 15, reach: 0 },
  ];
  const { markup } = timeCourseChart('volume, mL', points, 'years');
  const [ax, bx, cx] = attributes(markup, /<circle[^>]*>/g, 'cx') as [number, number, number];
  expect((bx - ax) / (cx - ax)).toBeCloseTo(0.25, 2);
  const [ay, by, cy] = attributes(markup, /<circle[^>]*>/g, 'cy') as [number, number, number];
  expect((cy - ay) / (by - ay)).toBeCloseTo(0.5, 2);
  const low = attributes(markup, /<line class="bar"[^>]*>/g, 'y1');
  const high = attributes(markup, /<line class="bar"[^>]*>/g, 'y2');
  expect(low[0]! - high[0]!).toBeCloseTo((2 * 2 * (ay - by)) / 10, 0);
  expect(low[1]).toBe(high[1]);
  expect(markup).toContain('4.00 years');
  expect(timeCourseChart('volume, mL', points, 'scans').markup).toContain('>b</text>');
});

test('scans of one value and one time still make a chart', () => {
  const points = [0, 0].map((at) => ({ name: 'a', at, value: 12, reach: 0 }));
  expect(timeCourseChart('volume, mL', points, 'years').markup).not.toMatch(/NaN|Infinity/);
});
