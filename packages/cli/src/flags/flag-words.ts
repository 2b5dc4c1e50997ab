/** What the variants of a flag came to, in words. */
import type { ReportedFlag, VariantComparison } from '@quality-hub/hub';

/** Differences that chance makes less often than this are told as such; what is less certain is told with its p. */
const SIGNIFICANT01 = 0.05;

/** `button=red fails more often: 12 of 80 against 2 of 82, p = 0.004`; one line for each thing there is to say. */
export function flagWords({ name, variants, comparisons, mixed }: ReportedFlag): readonly string[] {
  const told = comparisons.flatMap(comparison => comparisonWords(name, comparison));
  if (mixed > 0)
    told.push(
      `${mixed} ${mixed === 1 ? 'attempt has' : 'attempts have'} seen several variants and ${mixed === 1 ? 'is' : 'are'} left out`,
    );
  if (comparisons.length > 0) return told;
  const [only] = variants;
  return [...(only ? [`${name} was always ${only.variant}: there is nothing to compare`] : []), ...told];
}

function comparisonWords(flag: string, comparison: VariantComparison): string[] {
  const { variant, against, unit, counted, failed, otherCounted, otherFailed, failureP01, duration } = comparison;
  const subject = `${flag}=${variant}`;
  const others = against.length === 1 ? `${flag}=${against[0]}` : 'the others';
  const counts = `${failed} of ${counted} against ${otherFailed} of ${otherCounted}, ${pWords(failureP01)}`;
  const isMore = failed / counted > otherFailed / otherCounted;
  const words: string[] = [];
  if (failureP01 < SIGNIFICANT01) words.push(`${subject} fails ${isMore ? 'more' : 'less'} often: ${counts}`);
  else words.push(`${subject} and ${others} fail alike, as far as this tells: ${counts}`);
  if (unit === 'tests') words[0] += ' (no test ran in both, so each counts once, and it may be the tests)';
  if (duration && duration.p01 < SIGNIFICANT01) {
    const [slow, fast] = duration.ratio > 1 ? [subject, others] : [others, subject];
    const times = Math.max(duration.ratio, 1 / duration.ratio);
    words.push(
      `${slow} ${slow === 'the others' ? 'take' : 'takes'} ${times.toFixed(2)} times as long as ${fast}, ${pWords(duration.p01)}`,
    );
  }
  return words;
}

/** `p = 0.004`: two digits that are not zero, as far as anybody needs them. */
function pWords(p01: number): string {
  if (p01 < 0.0001) return 'p < 0.0001';
  if (p01 >= 0.995) return 'p = 1';
  return `p = ${p01 < 0.1 ? Number(p01.toPrecision(1)) : Number(p01.toFixed(2))}`;
}
