/**
 * The patient's age from DICOM: PatientAge (0010,1010) where it is filled in, else the years between the birth
 * date and the examination. The dates themselves are not kept.
 */
const YEARS_PER_UNIT: Readonly<Record<string, number>> = { D: 1 / 365.25, W: 7 / 365.25, M: 1 / 12, Y: 1 };

/**
 * Age in years, undefined when it cannot be told or is not one a person can have (0 to 120).
 *
 * @param age an age string such as `041Y`, `018M`, `006W`, `003D`
 * @param birthDate,examinationDate `YYYYMMDD`, used when `age` is empty or malformed
 */
export function ageYearsFrom(age: string, birthDate: string, examinationDate: string): number | undefined {
  const match = /^(\d{1,3})([DWMY])$/.exec(age.trim().toUpperCase());
  if (match !== null) return plausible(Number(match[1]) * YEARS_PER_UNIT[match[2]!]!);
  const birth = utcDate(birthDate);
  const examination = utcDate(examinationDate);
  if (birth === undefined || examination === undefined) return undefined;
  return plausible(Math.floor((examination - birth) / (365.25 * 86_400_000)));
}

function plausible(years: number): number | undefined {
  return years >= 0 && years <= 120 ? years : undefined;
}

function utcDate(date: string): number | undefined {
  const match = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})$/.exec(date.trim());
  return match === null ? undefined : Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
}
