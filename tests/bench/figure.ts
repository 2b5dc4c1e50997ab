/** What every benchmark says: people read stderr, machines one JSON line for each figure on stdout. */

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number;
  readonly ok: boolean;
  /** The same figure for two things that are the same: what lies within is noise. */
  readonly noise?: readonly [number, number];
}

/** Lower is better. */
export function atMost(
  name: string,
  value: number,
  { unit, target, noise }: { unit: string; target: number; noise?: readonly [number, number] },
): Figure {
  const figure = { name, value: rounded(value), unit, target, ok: rounded(value) <= target };
  return noise === undefined ? figure : { ...figure, noise: [rounded(noise[0]), rounded(noise[1])] };
}

/** Higher is better. */
export function atLeast(name: string, value: number, { unit, target }: { unit: string; target: number }): Figure {
  return { name, value: rounded(value), unit, target, ok: rounded(value) >= target };
}

/** Prints the figures, and sets the exit code: 1 where a target is missed. */
export function tell(figures: readonly Figure[]): void {
  for (const figure of figures) {
    const { name, value, unit, target, ok, noise } = figure;
    const aside = noise === undefined ? '' : `, the same against itself ${noise[0]} to ${noise[1]}`;
    say(`${ok ? 'ok  ' : 'MISS'} ${name}: ${value} ${unit} (target ${target}${aside})`);
    console.log(JSON.stringify(figure));
  }
  if (figures.some(({ ok }) => !ok)) process.exitCode = 1;
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
