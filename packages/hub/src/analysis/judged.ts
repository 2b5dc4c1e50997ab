/** The judgement of one attempt, as it is stored. */
import type { Judgement } from '@quality-hub/protocol';

export interface Judged {
  readonly test: string;
  readonly retry: number;
  readonly startedAt: string;
  readonly judgement: Judgement;
  readonly fingerprint: string;
  /** Id of its cluster. */
  readonly cluster: string;
}
