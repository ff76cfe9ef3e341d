import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tarEntry } from './tar-entry.ts';

test("finds files of an archive that the system's tar made, by their whole path", () => {
  const folder = mkdtempSync(join(tmpdir(), 'ventriseg-tar-'));
  try {
    const deep = `${'d'.repeat(60)}/${'e'.repeat(60)}`;
    mkdirSync(join(folder, 'package', deep), { recursive: true });
    writeFileSync(join(folder, 'package', 'a'), 'first');
    writeFileSync(join(folder, 'package', 'block'), 'x'.repeat(512));
    writeFileSync(join(folder, 'package', deep, 'z'), 'last');
    const archive = join(folder, 'all.tar');
    execFileSync('tar', ['--format=ustar', '-cf', archive, '-C', folder, 'package']);
    const bytes = readFileSync(archive);
    const read = (name: string) => tarEntry(bytes, name) && Buffer.from(tarEntry(bytes, name)!).toString();
    expect(read('package/a')).toBe('first');
    expect(read('package/block')).toBe('x'.repeat(512));
    expect(read(`package/${deep}/z`)).toBe('last');
    expect(read('a')).toBeUndefined();
    expect(read('package/b')).toBeUndefined();
    const cut = bytes.subarray(0, bytes.indexOf('first') + 3);
    expect(tarEntry(cut, 'package/a')).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
