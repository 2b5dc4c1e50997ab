/** Where `guarded('name')` finds its policy: a class is written long before a run opens its policies. */
import { closestName, QualityHubError } from '@quality-hub/protocol';
import type { Policy } from '../policy.ts';

/** Policies by their name; they may have to be made first. */
export interface PolicyFinder {
  find(name: string): Policy | undefined | Promise<Policy | undefined>;
  names(): readonly string[];
}

/** No policy of this name is in use (`QH_POLICY`). */
export class UnknownPolicyError extends QualityHubError {
  constructor(name: string, names: readonly string[] | undefined) {
    const close = names && closestName(name, names);
    super(
      names === undefined
        ? `No policies are in use, and "${name}" was asked for`
        : `There is no policy "${name}"${close === undefined ? '' : `; did you mean "${close}"?`}`,
      {
        code: 'QH_POLICY',
        hint:
          names === undefined
            ? 'Call it from a test, or give the policy itself instead of its name'
            : `Name it under policies in quality-hub.config.ts; there ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ') || 'none'}`,
      },
    );
  }
}

/** On `globalThis`, so that two copies of this package in one process know the same policies. */
const CELL = Symbol.for('@quality-hub/policies');
type Cell = { [CELL]?: PolicyFinder | undefined };

/** Puts policies to use in this process; the function that comes back brings those before them back. */
export function usePolicies(finder: PolicyFinder): () => void {
  const cell = globalThis as Cell;
  const before = cell[CELL];
  cell[CELL] = finder;
  return () => {
    if (cell[CELL] === finder) cell[CELL] = before;
  };
}

/** @throws {UnknownPolicyError} (`QH_POLICY`) */
export function policyInUse(name: string): Policy | Promise<Policy> {
  const finder = (globalThis as Cell)[CELL];
  const found = finder?.find(name);
  return found instanceof Promise ? found.then(policy => known(policy, name, finder)) : known(found, name, finder);
}

function known(policy: Policy | undefined, name: string, finder: PolicyFinder | undefined): Policy {
  if (policy === undefined) throw new UnknownPolicyError(name, finder?.names());
  return policy;
}
