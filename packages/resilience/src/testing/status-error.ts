/** Errors as dependencies make them. */

export function statusError(status: number, facts: object = {}): Error {
  return Object.assign(new Error(`HTTP ${status}`), { status, ...facts });
}

export function codeError(code: string, facts: object = {}): Error {
  return Object.assign(new Error(`it failed with ${code}`), { code, ...facts });
}
