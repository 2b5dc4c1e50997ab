/** What `build` of a factory is given, for one record. */
import type { Faker } from '@faker-js/faker';
import type { Names } from '../random/names.ts';
import type { Origin } from '../random/origin.ts';
import type { BuildContext } from './definition.ts';

export interface BuildParts {
  readonly faker: Faker;
  readonly names: Names;
  readonly sequence: number;
  readonly origin: Origin;
  readonly given: Readonly<Record<string, unknown>>;
  readonly related: object;
  readonly params: object;
  readonly traits: readonly string[];
}

/** Words are made when they are asked for: many records need none. */
export class RecordContext implements BuildContext<Record<string, unknown>, object, object> {
  readonly faker: Faker;
  readonly sequence: number;
  readonly given: Readonly<Record<string, unknown>>;
  readonly related: never;
  readonly params: object;
  readonly traits: readonly string[];
  readonly #names: Names;
  readonly #origin: Origin;
  #words = 0;

  constructor({ faker, names, sequence, origin, given, related, params, traits }: BuildParts) {
    this.faker = faker;
    this.sequence = sequence;
    this.given = given;
    this.related = related as never;
    this.params = params;
    this.traits = traits;
    this.#names = names;
    this.#origin = origin;
  }

  get namespace(): string {
    return this.#names.namespace;
  }

  // Getters, so that they can be taken out of the context: `({ unique }) => …`.
  get unique(): (word?: string) => string {
    return word => {
      const nth = ++this.#words;
      return this.#names.word(word, nth === 1 ? this.#origin.label : `${this.#origin.label}-${nth}`);
    };
  }

  get uniqueNumber(): () => number {
    return () => this.#names.number();
  }
}
