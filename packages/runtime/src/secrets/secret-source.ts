/** What clients and databases ask for the secrets that stand in their sections. */

export interface SecretSource {
  /**
   * The value, as a text, for a client or database. The mask knows it before this resolves.
   *
   * @throws {SecretError} with the reason.
   */
  text(name: string, dependency: string): Promise<string>;
  /**
   * The value for the address of a client, which is made for all tests of the worker: rules of access are asked when the
   * client is used.
   *
   * @throws {SecretError} with the reason.
   */
  address(name: string, dependency: string): Promise<string>;
  /** The value as it was given last, to be compared with later ones, and for nothing else. */
  peek(name: string): unknown;
  /**
   * A service has refused these values of a secret. True where {@link text} gives another one now. Tells as evidence what it
   * found, and does not throw.
   */
  recover(name: string, refusal: Refusal): Promise<boolean>;
}

export interface Refusal {
  /** The values, in the order in which they were refused. */
  readonly values: readonly unknown[];
  /** `HTTP 401`. */
  readonly reason: string;
  /** Name of the client or database. */
  readonly dependency: string;
  /** Other secrets were refused with it: nobody knows which one it was. */
  readonly withOthers: boolean;
}
