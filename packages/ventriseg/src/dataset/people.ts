/**
 * Who is who: groups scans by person, so that no one is in two splits.
 *
 * Scans belong together when their table says so (column `person`), when they bear the same subject name, or
 * when their images are the same file, byte for byte.
 */
import type { Issue, SplitName, SubjectRecord } from './manifest.ts';
import type { SubjectSource } from './sources.ts';

/** One person to be placed. */
export interface Person {
  readonly person: string;
  /** Their scans' names; a list of subjects may use these instead of the person's. */
  readonly subjects: readonly string[];
  readonly dataset: string | undefined;
  /** The splits that the tables state for their scans; empty when there is a scan without. */
  readonly stated: readonly SplitName[];
}

/** Which names turned out to mean one person. */
export class Identities {
  readonly #known = new Map<string, string>();
  readonly #firstWithImage = new Map<string, SubjectSource>();

  /** The one name of a person. */
  nameOf(person: string): string {
    return this.#known.get(person) ?? person;
  }

  /** Joins the person to whoever had the same image before; returns a warning then. */
  noteImage(source: SubjectSource, image: SubjectRecord['image']): Issue | undefined {
    if (image === null) return undefined;
    const twin = this.#firstWithImage.get(image.sha256);
    if (twin === undefined) {
      this.#firstWithImage.set(image.sha256, source);
      return undefined;
    }
    const from = this.nameOf(source.person);
    const to = this.nameOf(twin.person);
    if (from !== to) {
      for (const [name, known] of this.#known) if (known === from) this.#known.set(name, to);
      this.#known.set(from, to);
    }
    return {
      severity: 'warning',
      code: 'SAME_IMAGE',
      path: image.path,
      subject: source.subject,
      message: `${image.path}: is byte for byte the image of ${twin.subject}; both are treated as one person`,
    };
  }
}

/** The people behind the scans, in order of first appearance. */
export function peopleOf(sources: readonly SubjectSource[], identities: Identities): Person[] {
  const scans = new Map<string, SubjectSource[]>();
  for (const source of sources) {
    const person = identities.nameOf(source.person);
    const known = scans.get(person);
    if (known === undefined) scans.set(person, [source]);
    else known.push(source);
  }
  return [...scans].map(([person, theirs]) => ({
    person,
    subjects: [...new Set(theirs.flatMap((scan) => [scan.person, scan.subject]))],
    dataset: theirs[0]!.dataset,
    stated: theirs.every((scan) => scan.split !== undefined)
      ? [...new Set(theirs.map((scan) => scan.split!))]
      : [],
  }));
}

/** A warning for each further scan under a name that is taken already. */
export function repeatedSubjects(sources: readonly SubjectSource[]): Issue[] {
  const first = new Map<string, SubjectSource>();
  const issues: Issue[] = [];
  for (const source of sources) {
    const other = first.get(source.subject);
    if (other === undefined) {
      first.set(source.subject, source);
    } else if (other.person === source.person) {
      issues.push({
        severity: 'warning',
        code: 'REPEATED_SUBJECT',
        path: source.imagePath ?? source.labelsPath,
        subject: source.subject,
        message:
          `subject ${source.subject} occurs more than once (${other.imagePath ?? other.labelsPath}, ` +
          `${source.imagePath ?? source.labelsPath}); ` +
          'the scans are kept in one split, as if of one person',
      });
    }
  }
  return issues;
}
