/** Compares versions by their numbers: as text, "1.100.0" would be older than "1.62.0". */
export function isAtLeast(version: string, minimum: string): boolean {
  const [have, want] = [numbers(version), numbers(minimum)];
  for (const [index, wanted] of want.entries()) {
    const had = have[index] ?? 0;
    if (had !== wanted) return had > wanted;
  }
  return true;
}

/** What stands behind a hyphen, as in `1.65.0-beta`, is left out. */
function numbers(version: string): number[] {
  return (version.split('-')[0] ?? '').split('.').map(Number);
}
