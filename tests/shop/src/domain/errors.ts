/** What the shop refuses, with the HTTP status and the code that its clients see. */

export class ShopError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ShopError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const notFound = (what: string, id: string) => new ShopError(404, 'not_found', `No ${what} ${id}`);
export const conflict = (code: string, message: string) => new ShopError(409, code, message);
