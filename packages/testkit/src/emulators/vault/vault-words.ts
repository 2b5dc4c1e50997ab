/** How Vault answers: its envelope, and its errors. @see hashicorp/vault, website/content/api-docs */
import { randomUUID } from 'node:crypto';
import type { EmulatedAnswer } from '../emulator-server.ts';

interface Envelope {
  readonly data?: unknown;
  readonly auth?: unknown;
  readonly lease_id?: string;
  readonly lease_duration?: number;
  readonly renewable?: boolean;
  readonly warnings?: readonly string[] | null;
}

export function envelope(parts: Envelope, status = 200): EmulatedAnswer {
  return {
    status,
    body: {
      request_id: randomUUID(),
      lease_id: '',
      renewable: false,
      lease_duration: 0,
      data: null,
      wrap_info: null,
      warnings: null,
      auth: null,
      ...parts,
    },
  };
}

export function errors(status: number, ...texts: readonly string[]): EmulatedAnswer {
  return { status, body: { errors: texts } };
}

export const NO_CONTENT: EmulatedAnswer = { status: 204 };
export const NOT_FOUND: EmulatedAnswer = errors(404);
export const DENIED: EmulatedAnswer = errors(403, 'permission denied');
export const UNSUPPORTED: EmulatedAnswer = errors(405, 'unsupported operation');

/** As Vault writes a moment: with nanoseconds. */
export function vaultTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z');
}

/** `90`, `"90"`, `"90s"`, `"1h"`; undefined where it is none of these. */
export function seconds(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const { count, unit = 's' } = /^(?<count>\d+)(?<unit>[smh])?$/.exec(String(value))?.groups ?? {};
  if (count === undefined) return undefined;
  return Number(count) * ({ s: 1, m: 60, h: 3_600 }[unit] ?? 1);
}
