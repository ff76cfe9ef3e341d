import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BidsName, formatBidsName, parseBidsName } from './bids-name.ts';

test('a name is read into its parts', () => {
  expect(parseBidsName('sub-01_ses-2_acq-mprage_run-1_T1w.nii.gz')).toEqual({
    entities: new Map([
      ['sub', '01'],
      ['ses', '2'],
      ['acq', 'mprage'],
      ['run', '1'],
    ]),
    suffix: 'T1w',
    extension: '.nii.gz',
  });
});

test.each([
  ['T1.nii.gz', 'does not begin with sub-<label>'],
  ['sub-_T1w.nii', 'does not begin with sub-<label>'],
  ['mysub-01_T1w.nii', 'does not begin with sub-<label>'],
  ['sub-01.nii.gz', 'does not end with a suffix such as _T1w'],
  ['sub-01_brain-new_T1w.nii', 'has "brain-new", which is no entity'],
  ['sub-01_final_T1w.nii', 'has "final", which is no entity'],
  ['sub-01_run-1_run-2_T1w.nii', 'has the entity run twice'],
])('%s %s', (fileName, problem) => {
  expect(parseBidsName(fileName)).toContain(problem);
});

test('names are written with their entities in the order of BIDS and read back the same', () => {
  const label = fc.stringMatching(/^[A-Za-z0-9]{1,6}$/);
  const inOrder = ['ses', 'task', 'acq', 'ce', 'rec', 'run', 'echo', 'part', 'space', 'res', 'desc'] as const;
  const others = fc.uniqueArray(fc.tuple(fc.constantFrom(...inOrder), label), { selector: ([key]) => key });
  fc.assert(
    fc.property(label, others, label, (subject, entities, suffix) => {
      const name: BidsName = {
        entities: new Map([...entities, ['sub', subject] as const]),
        suffix,
        extension: '.nii.gz',
      };
      const text = formatBidsName(name);
      const keys = text.split('_').slice(1, -1);
      const expected = inOrder.filter((key) => name.entities.has(key));
      expect(keys.map((part) => part.split('-')[0])).toEqual(expected);
      expect(parseBidsName(text)).toEqual(name);
    }),
  );
});
