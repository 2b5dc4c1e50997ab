/** What the section `secrets` of a configuration may hold, as plain data. */
import type { SecretStore } from '@quality-hub/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { AccessRule, AccessScope } from './access/access-rules.ts';
import type { RotationSchedule } from './rotation/new-value.ts';
import type { StoreSection } from './stores/open-store.ts';

/** What a value has to be: a text as it is, JSON that is read, or what a schema makes of it (zod, or any Standard Schema). */
export type SecretType = 'text' | 'json' | StandardSchemaV1;

export interface SecretSection {
  /** `store:path#key@version`. */
  readonly ref: string;
  /** @default as the store gives it */
  readonly type?: SecretType;
  /** Used where the store has no such secret, and nowhere else: for a machine of a developer. */
  readonly default?: unknown;
  /** Who may use it; nobody else. The same as a rule of `access` for this one name. */
  readonly access?: AccessScope;
  /** Who looks after it: a person or a team. Told by `quality-hub secrets doctor`. */
  readonly owner?: string;
  /** In days: `quality-hub secrets doctor` warns of a value that its store has had for longer. */
  readonly maxAgeDays?: number;
  /** Gets a new value from `quality-hub secrets rotate`, where its store can be written. */
  readonly rotate?: RotationSchedule;
}

export interface SecretsSection {
  /** Stores by name. There is always one named `env`, unless another has that name. */
  readonly stores?: Readonly<Record<string, StoreSection | SecretStore>>;
  /** References by the names under which tests and the configuration ask for them. */
  readonly refs?: Readonly<Record<string, string | SecretSection>>;
  /** Who may use which secret. Without a rule for it, everybody may. */
  readonly access?: readonly AccessRule[];
  /** What happens where a value is found in what the run leaves behind. @default 'fail' */
  readonly verify?: 'fail' | 'warn' | 'off';
  /** How long a value is believed, in milliseconds. @default 300_000 */
  readonly ttlMs?: number;
  /** How long after that it still serves while its store is down, in milliseconds. @default 1_800_000 */
  readonly staleMs?: number;
  /** Longest time of one question to a store, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
}
