/** What surrounds a store in the network. */
import type { Registry } from '@quality-hub/resilience';
import type { Mask } from '@quality-hub/telemetry';

export interface RemoteSeams {
  /** Hears of all that signs us in: credentials, and the tokens that they bring. @default one of its own */
  readonly mask?: Mask;
  /** Hears once of each protection that was switched off. */
  readonly onUnsafe?: (what: string) => void;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Files are named from here. @default the working directory */
  readonly folder?: string;
  /** A value from another store, for credentials that are `{ ref }`. */
  readonly textOf?: (reference: string) => Promise<string>;
  /** Wall clock, in milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Of the policy; it has the clock of retries. */
  readonly registry?: Registry;
}
