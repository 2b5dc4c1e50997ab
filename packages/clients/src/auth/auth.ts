/** The port of everything that signs a request in. */
import type { Mask } from '@quality-hub/telemetry';
import type { WireBody } from '../http/transport/transport.ts';

/** A request that is about to be sent: what a signature may cover. */
export interface SignableRequest {
  readonly method: string;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: WireBody;
}

/** What auth adds to a request. */
export interface SignedParts {
  readonly headers?: Readonly<Record<string, string>>;
  /** Another path, where the key stands in the query. */
  readonly path?: string;
}

export interface Auth {
  readonly kind: string;
  /** Headers of its own whose values are secret, in lower case. */
  readonly secretHeaders?: readonly string[];
  /** Called before each attempt. Registers what it reveals at the client's mask. */
  sign(request: SignableRequest, context: AuthContext): SignedParts | Promise<SignedParts>;
  /**
   * The server has answered 401 to what `sign` had given.
   * @returns true where there is something new to sign with: the request is sent once more.
   */
  renew?(rejected: SignedParts, context: AuthContext): Promise<boolean>;
  /** How often one call may ask for something new. @default 1: whoever is refused with new credentials as well is refused */
  readonly renewals?: number;
}

export interface AuthContext {
  readonly mask: Mask;
  readonly signal: AbortSignal | undefined;
  /** What this call was refused with before, where it is renewed. */
  readonly refused?: readonly SignedParts[];
}

/** A secret as it is given: a text, a function that gets it, or a box that is opened with `reveal`. */
export type SecretText = string | (() => string | Promise<string>) | { reveal(): string | Promise<string> };

/** Opens a secret, and tells the mask. */
export async function openSecret(secret: SecretText, { mask }: Pick<AuthContext, 'mask'>): Promise<string> {
  const value = typeof secret === 'string' ? secret : await (typeof secret === 'function' ? secret() : secret.reveal());
  mask.add([value]);
  return value;
}
