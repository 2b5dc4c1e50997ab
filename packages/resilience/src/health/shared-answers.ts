/** Lets the workers of a run share what their probes have seen: one of them asks, all of them know. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import { atMost } from '../at-most.ts';
import type { Clock } from '../clock.ts';
import type { HealthState } from './health-board.ts';

export interface Answer {
  readonly state: HealthState;
  readonly detail?: string | undefined;
  readonly latencyMs: number;
  /** Wall clock. */
  readonly atMs: number;
}

export interface SharedHealth {
  readonly driver: KeyValueDriver;
  /** Keys begin with it. @default 'health/' */
  readonly prefix?: string;
}

/** A store that fails or hangs is as if nobody had asked: each worker then asks by itself. */
export class SharedAnswers {
  readonly #driver: KeyValueDriver;
  readonly #prefix: string;
  readonly #clock: Clock;

  constructor({ driver, prefix = 'health/' }: SharedHealth, clock: Clock) {
    this.#driver = driver;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  /** What another worker has seen after `sinceMs`. */
  async after(name: string, sinceMs: number): Promise<Answer | undefined> {
    const asked = this.#driver.get(this.#prefix + name).catch(() => undefined);
    const found = await atMost(this.#clock, asked, () => undefined);
    const answer = found && parse(found.value);
    return answer && answer.atMs > sinceMs ? answer : undefined;
  }

  async tell(name: string, answer: Answer, ttlMs: number): Promise<void> {
    const written = this.#driver.set(this.#prefix + name, JSON.stringify(answer), { ttlMs: Math.ceil(ttlMs) });
    await atMost(
      this.#clock,
      written.catch(() => undefined),
      () => undefined,
    );
  }
}

/** What cannot be read was written by another version. */
function parse(value: string): Answer | undefined {
  try {
    const { state, latencyMs, atMs, detail } = JSON.parse(value) as Partial<Answer>;
    if (state === undefined || typeof latencyMs !== 'number' || typeof atMs !== 'number') return undefined;
    return { state, latencyMs, atMs, ...(detail === undefined ? {} : { detail }) };
  } catch {
    return undefined;
  }
}
