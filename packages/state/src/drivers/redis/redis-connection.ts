/** The one place that knows the client of Redis: runs scripts, repeats what a lost connection took, hears messages. */
import { setTimeout as sleep } from 'node:timers/promises';
import { closedError } from '../../errors.ts';
import type { LuaScript } from './lua-script.ts';
import { messageOf, redisError, redisTrouble } from './redis-errors.ts';
import { isSilence, TimeLimits } from './time-limits.ts';

/** What is used of a client, of one server or of a cluster. */
export interface RedisClient {
  /** Sends one command to the server that has `key`. */
  send(key: string, args: readonly string[]): Promise<unknown>;
  subscribe(channel: string, hear: (message: string) => void): Promise<unknown>;
  onConnected(tell: () => void): void;
  destroy(): void;
}

export interface ConnectionOptions {
  /** Host and port, for messages. */
  readonly where: string;
  /** Before every key; a hash tag keeps all in one slot. */
  readonly base: string;
  /** Longest time for one call with all its repetitions, in milliseconds. */
  readonly timeoutMs: number;
  /** Calls that may be on their way at once. */
  readonly mostCalls: number;
  readonly connect: () => Promise<RedisClient>;
}

export interface ScriptAnswer {
  readonly reply: unknown;
  /** An earlier try may have been done already: its answer was lost. */
  readonly isRepeated: boolean;
}

interface Listening {
  readonly channel: string;
  readonly hear: (message: string) => void;
  readonly onLost: () => void;
}

/** A call that is repeated in vain waits a little longer each time. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

export class RedisConnection {
  readonly #options: ConnectionOptions;
  readonly #listening: Listening[] = [];
  readonly #limits = new TimeLimits();
  #client: RedisClient;
  #renewing: Promise<void> | undefined;
  #users = 0;
  #calls = 0;
  #isClosed = false;

  /** @param client Connected. */
  constructor(client: RedisClient, options: ConnectionOptions) {
    this.#options = options;
    this.#client = client;
    this.#watch(client);
  }

  get where(): string {
    return this.#options.where;
  }

  /** The function that is returned takes it back; the last one ends the connection. */
  use(): () => Promise<void> {
    this.#users++;
    let isUsed = true;
    return async () => {
      if (!isUsed) return;
      isUsed = false;
      if (--this.#users > 0) return;
      this.#isClosed = true;
      this.#limits.close();
      this.#client.destroy();
    };
  }

  /**
   * Runs a script. Scripts may be sent twice: each is made so that the second time does no harm.
   *
   * @throws {StateError} that says whether it may have been done.
   */
  async run(script: LuaScript, args: readonly string[]): Promise<ScriptAnswer> {
    const { timeoutMs, mostCalls, where } = this.#options;
    const deadline = performance.now() + timeoutMs;
    if (this.#calls >= mostCalls) {
      throw redisError(where, new Error(`${mostCalls} calls wait already`), { waitedMs: 0, isUnsure: false });
    }
    this.#calls++;
    let isUnsure = false;
    try {
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        if (this.#isClosed) throw closedError(`The connection to ${where}`);
        const client = this.#client;
        try {
          // Half of the time that is left: a connection that has gone silent leaves the other half to the next one.
          const leftMs = (deadline - performance.now()) / 2;
          return { reply: await this.#once(script, args, leftMs), isRepeated: isUnsure };
        } catch (error) {
          const trouble = redisTrouble(error);
          if (trouble === 'connection') isUnsure = true;
          const isLate = performance.now() + pauseMs >= deadline;
          if (isLate || this.#isClosed || trouble === 'denied' || trouble === 'full' || trouble === 'other') {
            throw redisError(where, error, { waitedMs: timeoutMs, isUnsure });
          }
          // Unless another call has done so meanwhile.
          if (client === this.#client && (trouble === 'moved' || isSilence(error))) {
            await this.#limits.within(this.#renew(), deadline - performance.now()).catch(() => {});
          }
        }
        await sleep(pauseMs);
      }
    } finally {
      this.#calls--;
    }
  }

  /** Hears `channel` from now on, also over new connections; `onLost` where messages may have been missed. */
  async listen(channel: string, hear: (message: string) => void, onLost: () => void): Promise<void> {
    const listening = { channel: this.#options.base + channel, hear, onLost };
    const deadline = performance.now() + this.#options.timeoutMs;
    for (;;) {
      try {
        await this.#limits.within(this.#client.subscribe(listening.channel, hear), deadline - performance.now());
        this.#listening.push(listening);
        return;
      } catch (error) {
        if (redisTrouble(error) !== 'connection' || performance.now() >= deadline) {
          throw redisError(this.where, error, { waitedMs: this.#options.timeoutMs, isUnsure: false });
        }
        await sleep(FIRST_PAUSE_MS);
      }
    }
  }

  async #once({ sha, text }: LuaScript, args: readonly string[], leftMs: number): Promise<unknown> {
    const { base } = this.#options;
    const send = (...command: string[]): Promise<unknown> =>
      this.#limits.within(this.#client.send(base, [...command, '1', base, ...args]), leftMs);
    try {
      return await send('EVALSHA', sha);
    } catch (error) {
      // A server that was started anew knows no scripts.
      if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
      return send('EVAL', text);
    }
  }

  /** Another server has taken over, or this connection leads nowhere any more: a new one finds it. */
  #renew(): Promise<void> {
    this.#renewing ??= (async () => {
      try {
        const client = await this.#options.connect();
        if (this.#isClosed) return client.destroy();
        this.#client.destroy();
        this.#client = client;
        for (const { channel, hear } of this.#listening) await client.subscribe(channel, hear);
        this.#watch(client);
        for (const { onLost } of this.#listening) onLost();
      } catch {
        // The call that needed it is repeated, and tries again.
      } finally {
        this.#renewing = undefined;
      }
    })();
    return this.#renewing;
  }

  #watch(client: RedisClient): void {
    client.onConnected(() => {
      if (client !== this.#client) return;
      for (const { onLost } of this.#listening) onLost();
    });
  }
}
