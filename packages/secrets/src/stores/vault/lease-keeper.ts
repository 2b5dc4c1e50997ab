/** Credentials that Vault has made for us alone: renewed while we use them, given back at the end. */
import type { StoredSecret } from '@quality-hub/protocol';
import { type WatchSeams, watchLifetime } from './lifetime-watcher.ts';
import type { VaultClient } from './vault-client.ts';

export interface LeaseKeeperOptions {
  readonly client: VaultClient;
  readonly seams: WatchSeams;
}

interface Held {
  readonly id: string;
  readonly token: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly madeAt: number;
  endsAt: number;
  /** It cannot be renewed beyond its end: who asks now gets new ones. */
  ending: boolean;
  stop: () => void;
}

const RENEW_MS = 9_000;
const MARGIN_MS = 1_000;
const JUST_MADE_MS = 2_000;

export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Map<string, Held>();
  /** Replaced by newer ones, perhaps still in somebody's hands. */
  readonly #older: Held[] = [];

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /**
   * What is held for a path and good for a while.
   *
   * @param fresh Somebody was refused: what is held is good only where it has just been made, for another who was refused as well.
   * User and password may be two secrets of one path, and have to be of one making.
   */
  held(path: string, fresh: boolean): StoredSecret | undefined {
    const now = this.#options.seams.now();
    const held = this.#held.get(path);
    if (held === undefined || held.ending || now >= held.endsAt - MARGIN_MS) return undefined;
    return fresh && now >= held.madeAt + JUST_MADE_MS ? undefined : secretOf(held);
  }

  hold(
    path: string,
    {
      id,
      token,
      value,
      leaseMs,
      renewable,
    }: Pick<Held, 'id' | 'token' | 'value'> & { readonly leaseMs: number; readonly renewable: boolean },
  ): StoredSecret {
    const { client, seams } = this.#options;
    const before = this.#held.get(path);
    if (before !== undefined) this.#older.push(before);
    const madeAt = seams.now();
    const held: Held = { id, token, value, madeAt, endsAt: madeAt + leaseMs, ending: false, stop: () => {} };
    const renew = async () => {
      const signal = AbortSignal.timeout(RENEW_MS);
      const answer = await client.write('sys/leases/renew', { lease_id: id }, { token, signal });
      return { leaseMs: (answer.lease_duration ?? 0) * 1_000, renewable: answer.renewable === true };
    };
    const onRenewed = (endsAt: number): void => {
      held.endsAt = endsAt;
    };
    const onEnd = (): void => {
      held.ending = true;
    };
    held.stop = watchLifetime({ leaseMs, renewable }, { renew, onRenewed, onEnd }, seams);
    this.#held.set(path, held);
    return secretOf(held);
  }

  /** They have ended with the token that they were made with. */
  forgetThoseOf(token: string): void {
    for (const [path, held] of this.#held) {
      if (held.token !== token) continue;
      held.stop();
      this.#held.delete(path);
    }
  }

  /** Gives all back. One that fails ends by itself, at its time. */
  async close(signal: AbortSignal): Promise<void> {
    const all = [...this.#held.values(), ...this.#older];
    this.#held.clear();
    this.#older.length = 0;
    for (const { stop } of all) stop();
    const revoke = ({ id, token }: Held) =>
      this.#options.client.write('sys/leases/revoke', { lease_id: id }, { token, signal, idempotent: true });
    await Promise.allSettled(all.map(revoke));
  }
}

function secretOf({ id, value, endsAt }: Held): StoredSecret {
  return { value, leaseId: id, expiresAt: new Date(endsAt).toISOString() };
}
