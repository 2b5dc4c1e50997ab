/** Variants of one thing, measured in turn: what disturbs the machine disturbs all of them. */
import { median, middleHalf } from './statistics.ts';

export type Samples<Variant extends string, Sample> = Readonly<Record<Variant, readonly Sample[]>>;

/** Runs each variant once a round. One round before the first warms caches and is not kept. */
export async function inRounds<Variant extends string, Sample>(
  variants: readonly Variant[],
  rounds: number,
  run: (variant: Variant, round: number) => Promise<Sample>,
): Promise<Samples<Variant, Sample>> {
  const samples = Object.fromEntries(variants.map(name => [name, [] as Sample[]])) as Record<Variant, Sample[]>;
  for (let round = 0; round <= rounds; round++) {
    // Turned each time: nobody is always the first.
    const turned = [...variants.slice(round % variants.length), ...variants.slice(0, round % variants.length)];
    for (const variant of turned) {
      const sample = await run(variant, round);
      if (round > 0) samples[variant].push(sample);
    }
  }
  return samples;
}

export interface Comparison {
  /** Median of what the rounds say. */
  readonly value: number;
  /** Where the middle half of them lies. */
  readonly spread: readonly [number, number];
}

/** Compares two variants within each round. */
export function compare<Sample>(
  ours: readonly Sample[],
  base: readonly Sample[],
  of: (ours: Sample, base: Sample) => number,
): Comparison {
  const values = ours.flatMap((sample, round) => {
    const other = base[round];
    return other === undefined ? [] : [of(sample, other)];
  });
  return { value: median(values), spread: middleHalf(values) };
}
