/** What signing in with OAuth 2.1 is told. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import type { Policy } from '@quality-hub/resilience';
import type { CallRecord } from '../../http/record/call-record.ts';
import type { Transport } from '../../http/transport/transport.ts';
import type { SecretText } from '../auth.ts';

/** How the first token is got. Later ones come with the refresh token, where the server gives one. */
export type OAuthGrant =
  /** The client itself signs in. */
  | { readonly type: 'client-credentials' }
  /** A person signs in, on a page. Always with PKCE. */
  | {
      readonly type: 'authorization-code';
      /** Registered with the server; nothing has to listen there. */
      readonly redirectUri: string;
      /** Opens the page, signs in there, and gives the URL that the server sends the browser back to. */
      readonly open: (url: string, signal: AbortSignal) => Promise<string>;
    }
  /** A person signs in elsewhere, with a code that is shown. @see RFC 8628 */
  | { readonly type: 'device-code'; readonly show: (shown: DeviceCode, signal: AbortSignal) => void | Promise<void> };

export interface DeviceCode {
  readonly userCode: string;
  readonly url: string;
  /** With the code in it. */
  readonly completeUrl: string | undefined;
  readonly expiresInMs: number;
}

export interface OAuthOptions {
  /** What reports call the requests to the server. @default 'sign-in' */
  readonly name?: string;
  /** Its metadata are read from `.well-known`. */
  readonly issuer: string | URL;
  /** Instead of metadata, where the server has none. */
  readonly endpoints?: {
    readonly token: string;
    readonly authorization?: string;
    readonly deviceAuthorization?: string;
  };
  readonly clientId: string;
  readonly clientSecret?: SecretText;
  /** How the client proves itself. @default 'basic' with a secret, 'none' without */
  readonly clientAuthentication?: 'basic' | 'post' | 'none';
  readonly grant: OAuthGrant;
  readonly scope?: string;
  /** More parameters of the token request: `audience`, `resource`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Shares the token with all workers that have the same store. @default this client alone */
  readonly store?: KeyValueDriver;
  /** Seals the token in the store. @default it is stored as text: the store must be its owner's alone */
  readonly storeKey?: SecretText;
  /** Whose token it is, where several people sign in at one client. @default '' */
  readonly account?: string;
  /** Longest time of signing in, in milliseconds. @default 30_000; 5 minutes where a person does it */
  readonly timeoutMs?: number;
  /** Around each request to the server. @default none */
  readonly policy?: Policy;
  /** Hears of every request to the server when it has ended; its bodies are not kept. What it throws is ignored. */
  readonly observe?: (call: CallRecord) => void;
  /** Carries the requests to the server. @default undici */
  readonly transport?: Transport;
  /** Takes a server without TLS. @default on the loopback only */
  readonly allowInsecure?: boolean;
  /** @default Date.now */
  readonly now?: () => number;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default real time */
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}
