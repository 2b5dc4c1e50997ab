/** Every kind of round, in the order of the proof. */
import { HUB_TROUBLES } from './hub/hub-trouble.ts';
import { FOUR_AT_ONCE } from './kill/four-at-once.ts';
import { KILLS } from './kill/kill-round.ts';
import { WORKER_EXIT } from './kill/worker-exit-round.ts';
import type { Kind } from './round.ts';

export const KINDS: readonly Kind[] = [...KILLS, WORKER_EXIT, FOUR_AT_ONCE, ...HUB_TROUBLES];
