/** The error of a claim that somebody else has. */
import { QualityHubError } from '@quality-hub/protocol';
import type { ClaimOwner } from './claims.ts';

/** Another test has claimed the value (`QH_DATA_CLAIMED`): the system under test would have found two of it. */
export class ClaimedError extends QualityHubError {
  /** Who has it. */
  readonly holder: ClaimOwner;

  constructor(resource: string, holder: ClaimOwner, by: ClaimOwner) {
    super(`${resource} belongs to ${ownerWords(holder)} now, and cannot be claimed by ${ownerWords(by)}`, {
      code: 'QH_DATA_CLAIMED',
      hint: 'Give each test a value of its own, with its namespace in it, or let them take turns with a lock',
    });
    this.holder = holder;
  }
}

/** `"pays" (worker w-1 of run 42)`. */
export function ownerWords({ run, worker, label, test }: ClaimOwner): string {
  return `${JSON.stringify(label ?? test)} (worker ${worker} of run ${run})`;
}
