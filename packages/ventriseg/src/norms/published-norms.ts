/**
 * Norms as they were published: for whom, mean and spread, and where the numbers can be read.
 *
 * Only what could be confirmed is here. Brix et al. 2017 ("The Evans' index revisited", European Journal of Radiology
 * 95, 28-32: 308 healthy people of 65 to 84 years) give limits of the Evans index by age and sex in a table
 * that could not be; studies that give a mean without its spread or without an age range, or computed tomography of
 * patients, are left out.
 */

export type Sex = 'F' | 'M';

export interface PublishedNorm {
  /** Stable. */
  readonly id: string;
  /** Id of the number of a scan (see error-bar/scan-numbers.ts) that it is about. */
  readonly number: string;
  /** Numbers that must have been found, above 0, for the comparison to be of like with like. */
  readonly needs: readonly string[];
  /** Whether the number is one in relation to the inside of the skull. */
  readonly relatedToSkull: boolean;
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly sexes: readonly Sex[];
  /** In years, both ends included. */
  readonly age: { readonly from: number; readonly to: number };
  readonly mean: number;
  readonly sd: number;
  /** Above this the publication calls the ventricles large; null where it gives no such limit. */
  readonly upperLimit: { readonly value: number; readonly meaning: string } | null;
  readonly people: number;
  /** Who they were and how they were scanned. */
  readonly population: string;
  readonly citation: string;
  readonly doi: string;
  /** Where these very numbers were read. */
  readonly confirmedIn: string;
  /** What does not follow from the publication as read. */
  readonly remark: string;
}

const ambarki2010 = {
  sexes: ['F', 'M'],
  age: { from: 65, to: 77 },
  people: 46,
  population: 'healthy white elderly people, women and men together, 3 T MRI',
  citation:
    'K. Ambarki, H. Israelsson, A. Wåhlin, R. Birgander, A. Eklund, J. Malm: Brain ventricular size in healthy ' +
    'elderly: comparison between Evans index and volume measurement. Neurosurgery 67, 94 (2010)',
  doi: '10.1227/01.NEU.0000370939.30003.D1',
  confirmedIn: 'the abstract at journals.lww.com/neurosurgery',
} as const;

const ageRemark =
  'The abstract gives the age as 71 ± 6 years; one standard deviation to each side is taken for the range.';

export const publishedNorms: readonly PublishedNorm[] = [
  {
    ...ambarki2010,
    id: 'ambarki-2010-ventricular-volume',
    number: 'totalMl',
    needs: ['label4Ml', 'label43Ml', 'label14Ml', 'label15Ml'],
    relatedToSkull: false,
    title: 'ventricular volume',
    unit: 'mL',
    digits: 1,
    mean: 37,
    sd: 18,
    upperLimit: { value: 77, meaning: 'proposed there as the limit of dilated ventricles (95th percentile)' },
    remark: `${ageRemark} It does not say which ventricles were counted; all of them are compared here.`,
  },
  {
    ...ambarki2010,
    id: 'ambarki-2010-relative-ventricular-volume',
    number: 'ventricleSharePercent',
    needs: ['label4Ml', 'label43Ml', 'label14Ml', 'label15Ml'],
    relatedToSkull: true,
    title: 'ventricles in intracranial volume',
    unit: '%',
    digits: 2,
    mean: 2.47,
    sd: 1.17,
    upperLimit: {
      value: 4.96,
      meaning: 'proposed there as the limit of dilated ventricles (95th percentile)',
    },
    remark: `${ageRemark} It does not say which ventricles were counted; all of them are compared here.`,
  },
  {
    ...ambarki2010,
    id: 'ambarki-2010-evans-index',
    number: 'evansIndex',
    needs: [],
    relatedToSkull: true,
    title: 'Evans index',
    unit: 'ratio',
    digits: 3,
    mean: 0.281,
    sd: 0.027,
    upperLimit: null,
    remark: ageRemark,
  },
];
