/** What the page takes: folders, several scans, wrong files; cancelling. */
import { describe, expect } from 'vitest';
import { dataPath } from '../../../test/shared-data.ts';
import { shown } from './browser.ts';
import { give, usePage, violations } from './page-test.ts';
import { large, other, small } from './scans.ts';

describe('input of the page', () => {
  const { pageTest } = usePage();

  pageTest('it says what is wrong with a file, and can be asked again', async (page) => {
    await page.setInputFiles('#files', {
      name: 'notes.nii',
      mimeType: '',
      buffer: Buffer.from('no scan at all'),
    });
    await page.waitForSelector('#error:not([hidden])');
    expect(await page.locator('#error-code').textContent()).toBe('NOT_A_SCAN');
    expect(await page.locator('#error-message').textContent()).toContain('notes.nii');
    expect(await violations(page)).toEqual([]);
    await give(page, small.file);
    await shown(page, small.name);
  });

  pageTest('it opens a DICOM folder', async (page) => {
    await page.setInputFiles('#folder', dataPath('dicom/siemens-sagittal-memprage'));
    await shown(page, 'siemens-sagittal-memprage');
    expect(await page.locator('#doubts').textContent()).toContain('it is the only image series');
  });

  pageTest('it lets choose among several scans', async (page) => {
    await give(page, small.file, other.file);
    await page.waitForSelector('#choice:not([hidden])');
    expect(await violations(page)).toEqual([]);
    await page.uncheck('#candidates label:nth-child(2) input');
    await page.uncheck('#candidates label:nth-child(1) input');
    expect(await page.isDisabled('#choice-open')).toBe(true);
    await page.check('#candidates label:nth-child(2) input');
    await page.click('#choice-open');
    await shown(page, other.name);
    expect(await page.isVisible('#scans')).toBe(false);
  });

  pageTest('it can be cancelled, and used after that', async (page) => {
    await give(page, large.file);
    await page.waitForSelector('#progress:not([hidden])');
    await page.click('#cancel');
    await page.waitForSelector('#progress', { state: 'hidden' });
    expect(await page.locator('#error').isVisible()).toBe(false);
    await give(page, small.file);
    await shown(page, small.name);
  });
});
