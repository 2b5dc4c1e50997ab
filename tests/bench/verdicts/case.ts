/** What one failing attempt of the suite is, and who has to act on it. The judged run knows nothing of this. */
import type { Verdict } from '@quality-hub/protocol';
import type { SwitchInput } from '../../shop/src/index.ts';
import type { StagePlan } from './suite/stage.ts';

export type Truth = Exclude<Verdict, 'unknown'>;

export interface Case {
  /** Title of the test in the suite: neutral, and all that the judged run sees of the case. */
  readonly title: string;
  /** What goes wrong: `latency`, `error-503`, `coupon-used-up`, … */
  readonly kind: string;
  /** Where: method and path. With `kind` and the seed it decides the half. */
  readonly route: string;
  /** The verdict of a human who knows everything: the team that has to act. */
  readonly truth: Truth;
  /** A second right answer, where experts would disagree. */
  readonly also?: Truth;
  /** What the errors or the traffic of the attempt must show; another failure is a defect of the benchmark. */
  readonly shows: RegExp;
  readonly stage?: StagePlan;
}

type Rest = Pick<Case, 'truth' | 'shows'> & Partial<Pick<Case, 'also' | 'kind'>> & Omit<StagePlan, 'switches'>;

/** A case that a switch of the shop makes. Kind and route are those of the switch. */
export function switched(title: string, wanted: SwitchInput, rest: Rest): Case {
  const { truth, shows, also, kind = kindOf(wanted), ...stage } = rest;
  const service = wanted.service === 'payments' ? 'payments ' : '';
  const route = `${service}${wanted.route ?? '* /*'}`;
  return { title, kind, route, truth, shows, ...(also ? { also } : {}), stage: { ...stage, switches: [wanted] } };
}

/** A case that needs no switch: the data, the accounts and the tests themselves are enough. */
export function plain(title: string, kind: string, route: string, rest: Rest): Case {
  const { truth, shows, also, kind: _, ...stage } = rest;
  return { title, kind, route, truth, shows, ...(also ? { also } : {}), stage };
}

function kindOf({ fault }: SwitchInput): string {
  if (fault.kind === 'error') return `error-${fault.status}`;
  return fault.kind === 'wrong-data' ? fault.bug : fault.kind;
}
