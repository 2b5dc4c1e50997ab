/** Which half a case belongs to: rules are written while looking at `open` only, `held` shows what they are worth. */
import { createHash } from 'node:crypto';
import type { Case } from './case.ts';

export type Half = 'open' | 'held';
export const HALVES: readonly Half[] = ['open', 'held'];

/** By seed, route and kind: what looks alike stays together, and a new case moves no other. */
export function halfOf(seed: number, { route, kind }: Pick<Case, 'route' | 'kind'>): Half {
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, route, kind]))
    .digest();
  return (hash[0] ?? 0) % 2 === 0 ? 'open' : 'held';
}
