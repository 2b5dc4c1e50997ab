/** What somebody asks for, as claims in the one order that all keep. */
import { type LeaseClaim, OptionError } from '@quality-hub/protocol';

/** One name, or how it is wanted. */
export type LockRequest = string | LockWish;

export interface LockWish {
  readonly name: string;
  /** `shared`: together with others who want it shared; never beside one who wants it for himself. @default 'exclusive' */
  readonly mode?: 'exclusive' | 'shared';
  /** So many holders at once; all who ask for the name say the same number. @default 1 */
  readonly permits?: number;
}

const NAME_LIMIT = 200;
const KEYS = ['name', 'mode', 'permits'];

/**
 * The claims, each name once, in the order of their names: whoever takes several takes them in the same order.
 *
 * @throws {OptionError} (`QH_OPTION`) with every wrong name, mode and number.
 */
export function claimsOf(
  request: LockRequest | readonly LockRequest[],
  prefix: string,
  otherwise: Omit<LockWish, 'name'> = {},
): readonly LeaseClaim[] {
  const wishes = ([request].flat() as readonly LockRequest[]).map(one =>
    typeof one === 'string' ? { ...otherwise, name: one } : { ...otherwise, ...one },
  );
  const problems = wishes.length === 0 ? ['no name is given'] : wishes.flatMap(problemsOf);
  const claims = new Map<string, LeaseClaim>();
  for (const { name, mode = 'exclusive', permits = 1 } of wishes) {
    const before = claims.get(name);
    if (before !== undefined && (before.permits ?? 1) !== permits)
      problems.push(`${name} has ${before.permits ?? 1} and ${permits} permits`);
    const asked = before?.mode === 'exclusive' ? 'exclusive' : mode;
    claims.set(name, { name: prefix + name, mode: asked, ...(permits === 1 ? {} : { permits }) });
  }
  if (problems.length > 0) throw new OptionError('locks', problems);
  return [...claims.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function problemsOf(wish: LockWish): string[] {
  const { name, mode = 'exclusive', permits = 1 } = wish;
  const problems = Object.keys(wish).flatMap(key =>
    KEYS.includes(key) ? [] : [`there is no option ${key}; there is ${KEYS.join(', ')}`],
  );
  if (typeof name !== 'string' || name === '' || name.length > NAME_LIMIT || /\p{Cc}/u.test(name)) {
    problems.push(`name is ${JSON.stringify(name)}, expected 1 to ${NAME_LIMIT} characters`);
  }
  if (mode !== 'exclusive' && mode !== 'shared')
    problems.push(`mode is ${JSON.stringify(mode)}, expected 'exclusive' or 'shared'`);
  if (!Number.isInteger(permits) || permits < 1) problems.push(`permits is ${String(permits)}, expected 1, 2, …`);
  return problems;
}
