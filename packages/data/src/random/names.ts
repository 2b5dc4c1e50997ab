/** Names and numbers that nobody else has: made of the namespace of an attempt, and never of chance. */
import { QualityHubError } from '@quality-hub/protocol';

/** Numbers of one attempt. 26 · 36^7 namespaces of eight characters, times this, stay below 2^53. */
const NUMBERS = 4096;

/** An attempt wants more unique numbers than it can have (`QH_DATA_NUMBERS`). */
export class NumbersUsedUpError extends QualityHubError {
  constructor(namespace: string) {
    super(`The attempt ${namespace} has used up its ${NUMBERS} unique numbers`, {
      code: 'QH_DATA_NUMBERS',
      hint: 'Take unique() for a text, or a sequence where the number is unique within something of the test',
    });
  }
}

export class Names {
  readonly namespace: string;
  readonly #firstNumber: number;
  #numbers = 0;

  /** @param namespace A letter and seven of [a-z0-9]. */
  constructor(namespace: string) {
    this.namespace = namespace;
    this.#firstNumber = numberOf(namespace) * NUMBERS;
  }

  /** @param label Unlike all others in the attempt. */
  word(word: string | undefined, label: string): string {
    return word === undefined || word === '' ? `${this.namespace}-${label}` : `${word}-${this.namespace}-${label}`;
  }

  /** @throws {NumbersUsedUpError} (`QH_DATA_NUMBERS`) after 4,096 of them. */
  number(): number {
    if (this.#numbers >= NUMBERS) throw new NumbersUsedUpError(this.namespace);
    return this.#firstNumber + this.#numbers++;
  }
}

/** One for one: two namespaces never have the same number. */
function numberOf(namespace: string): number {
  const letter = namespace.charCodeAt(0) - 97;
  return letter * 36 ** 7 + Number.parseInt(namespace.slice(1) || '0', 36);
}
