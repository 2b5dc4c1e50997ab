/** Makes the next value of a secret that is changed on a schedule. */
import { randomInt } from 'node:crypto';
import { SecretError } from '@quality-hub/protocol';
import { isMaskable } from '@quality-hub/telemetry';

/** How often a secret gets another value, and how that one is made: of random characters, or by a function. */
export interface RotationSchedule {
  /** Days after which `quality-hub secrets rotate --due` makes a new value. 1 to 36 500. */
  readonly everyDays: number;
  /** Characters of a new value. 12 to 4096. @default 32 */
  readonly length?: number;
  /** What it is made of: 10 different characters at least. @default letters and digits */
  readonly alphabet?: string;
  /** Makes the value instead, where it has to have a form of its own. */
  readonly generate?: () => string | Promise<string>;
}

/** Gives a whole number from 0 that is less than `below`; nobody must be able to guess it. */
export type Chance = (below: number) => number;

const LENGTH = 32;
const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Of 12 digits, one in 17 000 values has too few different ones. */
const MOST_TRIES = 10;

/**
 * @param chance @default the system's source for keys
 * @throws {SecretError} `_INVALID` where `generate` gives what is no text, or what no mask can look for.
 */
export async function newValue(name: string, schedule: RotationSchedule, chance: Chance = randomInt): Promise<string> {
  const { generate, length = LENGTH, alphabet = LETTERS_AND_DIGITS } = schedule;
  if (generate !== undefined) return usable(name, 'generate gave', await generate());
  const signs = [...alphabet];
  for (let tried = 1; ; tried++) {
    const value = Array.from({ length }, () => signs[chance(signs.length)]).join('');
    if (isMaskable(value) || tried === MOST_TRIES) return usable(name, 'chance gave', value);
  }
}

function usable(name: string, who: string, value: unknown): string {
  if (typeof value === 'string' && isMaskable(value)) return value;
  const what = typeof value === 'string' ? `a text of ${value.length} characters` : `something else, ${typeof value}`;
  throw new SecretError(
    'QH_SECRET_INVALID',
    `The secret ${name} cannot be rotated: ${who} ${what}, expected a text of 6 characters at least, 4 of them different`,
    'What is shorter or plainer cannot be masked: look at rotate.generate of the secret',
  );
}
