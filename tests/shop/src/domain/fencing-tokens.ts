/** Writers that hold a lease say its token: whoever comes with an older one than was seen has lost it, and is refused. */
import { conflict, ShopError } from './errors.ts';

/** Kept while the shop runs: a shop that starts again has nobody who wrote to it before. */
export class FencingTokens {
  readonly #greatest = new Map<string, number>();

  /**
   * @param header `billing=12, stock%2FTEA=9`: names and tokens of all leases that the writer holds.
   * @throws {ShopError} 409 `stale_token`, or 400 for what cannot be read; then no token of the header is kept.
   */
  check(header: string | readonly string[] | undefined): void {
    if (header === undefined) return;
    const tokens = [header].flat().join(',').split(',').map(readToken);
    for (const [name, token] of tokens) {
      const newest = this.#greatest.get(name) ?? 0;
      if (token < newest) throw conflict('stale_token', `${name} was written with token ${newest}; ${token} is older`);
    }
    for (const [name, token] of tokens) this.#greatest.set(name, token);
  }
}

function readToken(text: string): readonly [name: string, token: number] {
  const { name, token } = /^\s*(?<name>[^=\s]+)=(?<token>\d{1,15})\s*$/.exec(text)?.groups ?? {};
  if (name === undefined)
    throw new ShopError(400, 'bad_request', `"${text}" is no fencing token: expected name=number`);
  return [name, Number(token)];
}
