/** Every kind of round, in the order of the proof. */
import { HUB_TROUBLES } from './hub/hub-trouble.ts';
import { DATA_KILL } from './kill/data/data-kill.ts';
import { FOUR_AT_ONCE } from './kill/four-at-once.ts';
import { KILLS } from './kill/kill-round.ts';
import { WORKER_EXIT } from './kill/worker-exit-round.ts';
import { LEASES } from './leases/lease-round.ts';
import { POOLS } from './leases/pool-round.ts';
import { LARGE_ATTACHMENTS, LARGE_ERRORS, MANY_STEPS, MUCH_OUTPUT } from './load/large-things.ts';
import { MANY_TESTS } from './load/many-tests.ts';
import { ODD_BYTES, ODD_TITLES_KIND } from './load/odd-text.ts';
import type { Kind } from './round.ts';
import { TWO_SUITES } from './shared/two-suites-round.ts';

const LOADS = [MANY_TESTS, MANY_STEPS, LARGE_ERRORS, LARGE_ATTACHMENTS, MUCH_OUTPUT, ODD_BYTES, ODD_TITLES_KIND];

export const KINDS: readonly Kind[] = [
  ...KILLS,
  WORKER_EXIT,
  DATA_KILL,
  LEASES,
  POOLS,
  FOUR_AT_ONCE,
  ...HUB_TROUBLES,
  ...LOADS,
  TWO_SUITES,
];
