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
  endsAt: number;
  /** It cannot be renewed beyond its end: who asks now gets new ones. */
  ending: boolean;
  stop: () => void;
}

const RENEW_MS = 9_000;
const MARGIN_MS = 1_000;

export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Map<string, Held>();
  /** Replaced by newer ones, perhaps still in somebody's hands. */
  readonly #older: Held[] = [];

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** What is held for a path and good for a while. */
  held(path: string): StoredSecret | undefined {
    const held = this.#held.get(path);
    if (held === undefined || held.ending || this.#options.seams.now() >= held.endsAt - MARGIN_MS) return undefined;
    return secretOf(held);
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
    const held: Held = { id, token, value, endsAt: seams.now() + leaseMs, ending: false, stop: () => {} };
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
