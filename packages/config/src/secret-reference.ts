/** A secret by its name: what a configuration holds in the place of a credential. */

/** The same in every copy of this package. */
const MARK = Symbol.for('@quality-hub/secret-reference');

/** Stands for a secret of the section `secrets`; whoever is configured with it gets the value when it is needed. */
export interface SecretReference {
  readonly [MARK]: string;
}

/** The secret that the section `secrets` calls `name`. */
export function secret(name: string): SecretReference {
  return Object.freeze({ [MARK]: name });
}

export function isSecretReference(value: unknown): value is SecretReference {
  return typeof value === 'object' && value !== null && typeof (value as Partial<SecretReference>)[MARK] === 'string';
}

/** The name that {@link secret} was given. */
export function secretName(reference: SecretReference): string {
  return reference[MARK];
}
