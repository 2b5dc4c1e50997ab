/** Our token: got once for all who ask, renewed in time, and got anew when it is no longer good. */
import { raced } from '../remote/raced.ts';
import { type WatchSeams, watchLifetime } from './lifetime-watcher.ts';
import type { SignedIn } from './sign-in.ts';
import type { VaultClient } from './vault-client.ts';
import { VaultRefusal } from './vault-errors.ts';

export interface TokenKeeperOptions {
  readonly client: VaultClient;
  readonly signIn: (signal: AbortSignal) => Promise<SignedIn>;
  /** A token is no longer ours: what was lent with it ends. */
  readonly onGone: (token: string) => void;
  readonly seams: WatchSeams;
}

/** Nobody's signal may end a login that others wait for; it ends by itself after so long. */
const LOGIN_MS = 9_000;
/** So close to its end a token is not used any more: a request takes a moment. */
const MARGIN_MS = 1_000;

export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  #current: (SignedIn & { endsAt: number }) | undefined;
  #running: Promise<string> | undefined;
  #stop = (): void => {};

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
  }

  /** When it ends, in milliseconds of the wall clock; undefined where there is none, or it does not end. */
  get endsAt(): number | undefined {
    const endsAt = this.#current?.endsAt;
    return endsAt === undefined || endsAt === Number.POSITIVE_INFINITY ? undefined : endsAt;
  }

  /** @throws {SecretError} as signing in does; the signal's reason where it is aborted. */
  async get(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const current = this.#current;
    if (current !== undefined && this.#options.seams.now() < current.endsAt - MARGIN_MS) return current.token;
    this.#running ??= this.#signIn().finally(() => {
      this.#running = undefined;
    });
    return raced(this.#running, signal);
  }

  /**
   * Vault answers 403 to a token that is over as to a right that is missing. Asks what it is.
   *
   * @returns true where the token was at fault: the next one is another.
   */
  async isGone(token: string, signal: AbortSignal): Promise<boolean> {
    if (this.#current?.token !== token) return true;
    try {
      await this.#options.client.read('auth/token/lookup-self', { token, signal });
      return false;
    } catch (error) {
      if (!(error instanceof VaultRefusal) || error.status !== 403) throw error;
      if (this.#current?.token === token) this.#drop();
      return true;
    }
  }

  /** Gives it back where we have made it; all that was lent with it ends with it. */
  async close(signal: AbortSignal): Promise<void> {
    const current = this.#current;
    this.#drop();
    if (current?.own !== true) return;
    await this.#options.client.write('auth/token/revoke-self', {}, { token: current.token, signal });
  }

  async #signIn(): Promise<string> {
    this.#drop();
    const { seams, signIn, client } = this.#options;
    const signed = await signIn(AbortSignal.timeout(LOGIN_MS));
    const { token, leaseMs, renewable } = signed;
    const current = { ...signed, endsAt: leaseMs === 0 ? Number.POSITIVE_INFINITY : seams.now() + leaseMs };
    this.#current = current;
    if (leaseMs > 0) {
      const renew = async () => {
        const { auth } = await client.write(
          'auth/token/renew-self',
          {},
          { token, signal: AbortSignal.timeout(LOGIN_MS) },
        );
        return { leaseMs: (auth?.lease_duration ?? 0) * 1_000, renewable: auth?.renewable === true };
      };
      const onRenewed = (endsAt: number): void => {
        current.endsAt = endsAt;
      };
      // It serves until it ends; whoever asks then signs in again.
      this.#stop = watchLifetime({ leaseMs, renewable }, { renew, onRenewed, onEnd: () => {} }, seams);
    }
    return token;
  }

  #drop(): void {
    this.#stop();
    this.#stop = () => {};
    const { token } = this.#current ?? {};
    this.#current = undefined;
    if (token !== undefined) this.#options.onGone(token);
  }
}
