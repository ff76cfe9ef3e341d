import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { softwareVersion } from './software-version.ts';

test('is what package.json says', () => {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(softwareVersion).toEqual({ name, version });
});
