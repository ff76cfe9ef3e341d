/**
 * Everything that can be doubtful about a result, as one table: how serious it is, what it means, what a person
 * can do, and from which number on it is said and why from that one. A miss is never silent: an empty or
 * implausible result always has a finding.
 */

export type QualitySeverity = 'error' | 'warning';

export interface QualityRule {
  /** error: the numbers cannot be used; warning: look at the picture first. */
  readonly severity: QualitySeverity;
  /** What it means, for the table in the documents. */
  readonly meaning: string;
  readonly whatToDo: string;
  /** From when on it is said, and why from there. */
  readonly threshold: string;
}

/** The numbers of the thresholds. */
export const qualityLimits = {
  /** Least mL inside the skull, and of tissue, that is a head. */
  leastHeadMl: 200,
  /** mL of both lateral ventricles with their horns. */
  lateralMl: { least: 2, most: 300 },
  /** Ventricles in percent of the space inside the skull. */
  sharePercent: { least: 0.2, most: 30 },
  /** (larger - smaller) / (larger + smaller) of the two lateral ventricles with their horns. */
  asymmetry: 0.5,
  /** Share of what was found that may be taken away as islands without a word. */
  islandShare: 0.1,
  /** Length of a voxel, mm. */
  voxelMm: 3.5,
  /** Share of the ventricles that may lie outside of the space inside the skull. */
  outsideShare: { doubtful: 0.05, unusable: 0.25 },
  /** The volume that the coarse network found over that of the fine one. */
  disagreement: { least: 0.8, most: 4 },
  /** Share of what lies around the inside of the skull that is no air. */
  brightAround: 0.2,
  /** Area of the ventricles where what the network looked at ends, mm2. */
  cutMm2: 8,
  /**
   * Mean probability of the label that was chosen, over all labelled voxels; `doubtfulAtOneMm` where voxels are those of the
   * network, so that no interpolation has blurred the probabilities.
   */
  confidence: { doubtful: 0.8, doubtfulAtOneMm: 0.85, unusable: 0.75 },
  /** A part apart from the rest of its ventricle: from this volume on, with a mean probability under this. */
  unsurePart: { leastMl: 0.5, confidence: 0.75 },
} as const;

/** What is credible for both lateral ventricles with their horns, mL. */
export const plausibleLateralMl = qualityLimits.lateralMl;

const { leastHeadMl, lateralMl, sharePercent, asymmetry, islandShare, voxelMm } = qualityLimits;
const { outsideShare, disagreement, brightAround, cutMm2, confidence, unsurePart } = qualityLimits;

export const qualityRules = {
  NO_HEAD_FOUND: {
    severity: 'error',
    meaning: 'There is no head in the scan; nothing was segmented.',
    whatToDo:
      'Make sure that this is a scan of a head and that its voxel size is right; of a DICOM study, name the series ' +
      'to take (--series). --force segments all the same.',
    threshold: `less than ${leastHeadMl} mL inside the skull (slice models: of tissue): a newborn has more`,
  },
  NO_VENTRICLES_FOUND: {
    severity: 'error',
    meaning: 'There is a head, and no ventricle was found in it; every volume is 0.',
    whatToDo:
      'Look at the pictures: is the middle of the brain in the scan, and is it of a kind the model knows? Use no ' +
      'number of this result.',
    threshold: 'not one labelled voxel',
  },
  UNFAMILIAR_IMAGE: {
    severity: 'error',
    meaning: 'The network is guessing: the image is unlike those it was trained on.',
    whatToDo:
      'Compare the outlines with the ventricles in the pictures. Prefer a T1-weighted scan of about 1 mm without ' +
      'motion; use no number of this result.',
    threshold:
      `mean probability of the labels under ${confidence.unusable}, or under ${confidence.doubtful} while the networks ` +
      'disagree: slices of 5 mm of the smallest ventricles have 0.76 and the networks agree; bottles of water, noise, ' +
      'heads upside down or with their ventricles filled have 0.38 to 0.78, and where it is over 0.75 they do not',
  },
  LOW_CONFIDENCE: {
    severity: 'warning',
    meaning: 'The network is less sure than on the images it knows.',
    whatToDo: 'Compare the outlines with the ventricles in the pictures before you use a number.',
    threshold:
      `mean probability of the labels under ${confidence.doubtful}, of voxels of 1 mm, whose probabilities are not ` +
      `interpolated, under ${confidence.doubtfulAtOneMm}; the scans trained on have 0.89 to 0.90 at 1 mm and 0.83 to 0.89 ` +
      'at 2 mm',
  },
  NETWORKS_DISAGREE: {
    severity: 'warning',
    meaning: 'The coarse and the fine network found volumes that do not go together; one of them is wrong.',
    whatToDo: 'Look in the pictures whether all of the ventricles have an outline, and nothing else has.',
    threshold:
      `the coarse volume under ${disagreement.least} or over ${disagreement.most} times the fine one; coarse voxels count from ` +
      'a quarter of ventricle up, so that it is 1.5 to 2.6 times on the scans trained on',
  },
  VENTRICLES_NOT_LOCATED: {
    severity: 'warning',
    meaning: 'The coarse network saw no ventricle; the fine one was run on the middle of the brain.',
    whatToDo: 'Check in the pictures that what is outlined are the ventricles, and all of them.',
    threshold: 'no 4 mm voxel with a probability of a ventricle over 0.3',
  },
  PARTS_MISSING: {
    severity: 'warning',
    meaning: 'A structure that the model knows has not one voxel.',
    whatToDo:
      'Look for these parts in the pictures. Take their 0 mL, and the sums that they belong to, for incomplete.',
    threshold: '0 mL; thin temporal horns can fall between voxels of 2 mm and more',
  },
  VENTRICLES_IMPLAUSIBLE: {
    severity: 'warning',
    meaning: 'The ventricles are too small or too large for a head.',
    whatToDo:
      'Compare the outlines with the ventricles in the pictures; where they do not agree, use no number of this ' +
      'result.',
    threshold:
      `lateral ventricles outside ${lateralMl.least} to ${lateralMl.most} mL, or all outside ${sharePercent.least} ` +
      `to ${sharePercent.most} % of the space inside the skull: healthy adults have 7 to 60 mL and 0.5 to 5 %, ` +
      'severe hydrocephalus 200 mL and more',
  },
  ASYMMETRIC_VENTRICLES: {
    severity: 'warning',
    meaning: 'One lateral ventricle is much larger than the other.',
    whatToDo:
      'Look in the pictures whether the sides do differ; where they do not, the smaller one lacks a part or the ' +
      'sides were mixed up.',
    threshold: `(larger - smaller) / (larger + smaller) over ${asymmetry}, one three times the other`,
  },
  TOUCHES_FIELD_OF_VIEW: {
    severity: 'warning',
    meaning: "The ventricles reach the end of the scan's field of view; a part of them may lie outside.",
    whatToDo: 'Take the volumes for lower bounds, or segment a scan that covers the whole ventricles.',
    threshold: 'a labelled voxel in an outermost layer',
  },
  CUT_BY_MODEL: {
    severity: 'warning',
    meaning: 'The ventricles reach the end of what the network looked at, although the scan goes on.',
    whatToDo: 'Take the volumes for lower bounds, or use a model that looks at more of the head (--model).',
    threshold:
      `${cutMm2} mm2 of labelled voxels in an outermost layer of what was looked at; the central canal, into which the fourth ` +
      'ventricle runs out, has less',
  },
  MUCH_OUTSIDE_BRAIN: {
    severity: 'error',
    meaning:
      'Much of what is labelled lies outside of the space inside the skull: these are not the ventricles.',
    whatToDo:
      'Make sure that the scan shows a whole head, the right way up, and is T1-weighted; use no number of this result.',
    threshold:
      `over ${100 * outsideShare.unusable} % of the labelled voxels where the coarse network sees no brain or fluid; 0 % ` +
      'on the scans trained on, 37 to 96 % of half heads, heads upside down and objects',
  },
  OUTSIDE_BRAIN: {
    severity: 'warning',
    meaning: 'A part of what is labelled lies outside of the space inside the skull.',
    whatToDo: 'Look at the outlines: they may have run into the skull, the neck or the air.',
    threshold: `the same over ${100 * outsideShare.doubtful} %`,
  },
  HEAD_CUT: {
    severity: 'warning',
    meaning: "The space inside the skull reaches the end of the scan's field of view.",
    whatToDo: 'Take the intracranial volume for a lower bound, and use no share of it.',
    threshold: 'a 4 mm voxel inside the skull in an outermost layer',
  },
  SKULL_STRIPPED: {
    severity: 'warning',
    meaning: 'The skull was taken away before: how large its inside was cannot be seen any more.',
    whatToDo:
      'Take the intracranial volume for too small (by 0 to 14 % on heads stripped here), and what is related to the ' +
      "skull for too large (Evans index by up to 0.02); or segment the scan as it was. The ventricles' volumes are as good.",
    threshold:
      `under ${100 * brightAround} % of what lies 4 to 16 mm around the brain is bright; whole heads have 43 % and more, ` +
      'stripped ones up to 9 %',
  },
  LARGE_ISLANDS_REMOVED: {
    severity: 'warning',
    meaning: 'Much of what was found lay apart from the ventricles and was taken away.',
    whatToDo:
      'Look whether ventricles lack their outline in the pictures; if so, segment again with all parts kept ' +
      '(--keep-islands).',
    threshold: `over ${100 * islandShare} % of the labelled volume; specks do not add up to that`,
  },
  UNSURE_PARTS: {
    severity: 'warning',
    meaning: 'A large part lies apart from its ventricle, and the network is not sure of it.',
    whatToDo: 'Look in the pictures whether it is ventricle; where it is not, its volume is too much.',
    threshold:
      `${unsurePart.leastMl} mL or more with a mean probability under ${unsurePart.confidence}; the one such part of the scans ` +
      'trained on that is so large, a true one, has 0.79',
  },
  SIDES_UNCERTAIN: {
    severity: 'warning',
    meaning: 'Left and right were divided at the centre of mass of the head, as its halves are not alike.',
    whatToDo:
      'Check in the pictures where left meets right before you use the volume of one side; the total does not ' +
      'depend on it.',
    threshold: 'correlation of the head with its mirror image under 0.6 (slice models without sides)',
  },
  COARSE_SCAN: {
    severity: 'warning',
    meaning: 'The voxels are too large for small ventricles; volumes are rough.',
    whatToDo:
      'Prefer a scan with smaller voxels, and compare these volumes only with those of scans of the same kind.',
    threshold: `a voxel longer than ${voxelMm} mm: the third ventricle is about as wide`,
  },
} as const satisfies Record<string, QualityRule>;

export type QualityCode = keyof typeof qualityRules;

export const qualityCodes = Object.keys(qualityRules) as [QualityCode, ...QualityCode[]];

export interface QualityFinding {
  readonly code: QualityCode;
  readonly severity: QualitySeverity;
  /** A full sentence for people. */
  readonly message: string;
}
