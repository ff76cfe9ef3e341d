/**
 * Names of files in a BIDS dataset: `sub-01_ses-2_acq-mprage_T1w.nii.gz` is entities in a fixed order, a suffix and
 * an extension (BIDS 1.10, "File name structure" and the schema's `rules/entities`).
 */

/** Keys of entities in the order in which names must have them. */
const entityOrder = [
  ...['sub', 'tpl', 'ses', 'cohort', 'sample', 'task', 'tracksys', 'acq', 'nuc', 'voi', 'ce', 'trc', 'stain'],
  ...['rec', 'dir', 'run', 'mod', 'echo', 'flip', 'inv', 'mt', 'part', 'proc', 'hemi', 'space', 'split'],
  ...['recording', 'chunk', 'atlas', 'seg', 'scale', 'res', 'den', 'label', 'desc'],
] as const;

export type EntityKey = (typeof entityOrder)[number];

export interface BidsName {
  /** Labels by key, such as `sub` to `01`. */
  readonly entities: ReadonlyMap<EntityKey, string>;
  /** What the file holds, such as `T1w`. */
  readonly suffix: string;
  /** With its dot, such as `.nii.gz`; '' for a folder. */
  readonly extension: string;
}

/**
 * Reads the name of a file or folder.
 *
 * @param fileName without folders
 * @returns the name's parts, or what makes it none of BIDS, in words that follow "its name"
 */
export function parseBidsName(fileName: string): BidsName | string {
  const dot = fileName.indexOf('.');
  const stem = dot < 0 ? fileName : fileName.slice(0, dot);
  const parts = stem.split('_');
  const suffix = parts.pop()!;
  if (!/^sub-[A-Za-z0-9]+(_|$)/.test(stem)) return 'does not begin with sub-<label>, letters and digits';
  if (!/^[A-Za-z0-9]+$/.test(suffix)) return 'does not end with a suffix such as _T1w';
  const entities = new Map<EntityKey, string>();
  for (const part of parts) {
    const [, name, label] = /^([a-z]+)-([A-Za-z0-9+]+)$/.exec(part) ?? [];
    const key = entityOrder.find((known) => known === name);
    if (key === undefined || label === undefined) return `has "${part}", which is no entity of BIDS`;
    if (entities.has(key)) return `has the entity ${key} twice`;
    entities.set(key, label);
  }
  return { entities, suffix, extension: dot < 0 ? '' : fileName.slice(dot) };
}

/** The name of a file, its entities in their order. */
export function formatBidsName({ entities, suffix, extension }: BidsName): string {
  const parts = entityOrder.filter((key) => entities.has(key)).map((key) => `${key}-${entities.get(key)}`);
  return `${[...parts, suffix].join('_')}${extension}`;
}
