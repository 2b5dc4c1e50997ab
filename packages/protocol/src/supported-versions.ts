/** Which versions Quality Hub works with, and the one sentence for those that are too old. */

/** The oldest versions that are supported. */
export const OLDEST = { node: '22.19', playwright: '1.62' } as const;

/** Where the reporter leaves the sentence for the workers of its run, which then do not say it again. */
export const REFUSAL_VARIABLE = 'QUALITY_HUB_REFUSAL';

/** Why nothing can be recorded beside these versions, as one sentence, or undefined where all is well. */
export function whyUnsupported(versions: { readonly node: string; readonly playwright: string }): string | undefined {
  const names = { node: 'Node', playwright: 'Playwright' } as const;
  for (const tool of ['node', 'playwright'] as const) {
    if (isAtLeast(versions[tool], OLDEST[tool])) continue;
    return `Nothing is recorded: ${names[tool]} ${OLDEST[tool]} or newer is needed, and this is ${versions[tool]}. The tests run as before.`;
  }
  return undefined;
}

/** Compares versions by their numbers: as text, "1.100.0" would be older than "1.62.0". A part behind a hyphen is left out. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [have, want] = [numbers(version), numbers(minimum)];
  for (const [index, wanted] of want.entries()) {
    const had = have[index] ?? 0;
    if (had !== wanted) return had > wanted;
  }
  return true;
}

function numbers(version: string): number[] {
  return (version.split('-')[0] ?? '').split('.').map(Number);
}
