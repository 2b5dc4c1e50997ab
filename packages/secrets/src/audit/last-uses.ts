/** When each secret was used last, and by whom; and when somebody could not have it: as the audit trails tell. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AuditLine } from './audit-trail.ts';

export type UseTold = Pick<AuditLine, 'at' | 'action' | 'by' | 'why' | 'runId'>;

export interface LastUses {
  readonly used?: UseTold;
  readonly failed?: UseTold;
  readonly written?: UseTold;
}

const KINDS: Readonly<Record<AuditLine['action'], keyof LastUses | undefined>> = {
  read: 'used',
  revealed: 'used',
  renewed: 'used',
  refused: 'failed',
  failed: 'failed',
  written: 'written',
  unsafe: undefined,
  // Not of secrets.
  broken: undefined,
  pardoned: undefined,
};

/**
 * By the names of secrets. Whether the trails are whole is not asked here: that is `verifyTrail`.
 *
 * @param folder Holds a folder for each run, with a file for each worker; nothing is known where it is not there.
 */
export async function lastUses(folder: string): Promise<ReadonlyMap<string, LastUses>> {
  const found = new Map<string, LastUses>();
  for (const run of await namesIn(folder)) {
    for (const file of await namesIn(join(folder, run))) {
      const lines = createInterface({ input: createReadStream(join(folder, run, file)), crlfDelay: Infinity });
      for await (const text of lines) take(found, text);
    }
  }
  return found;
}

function take(found: Map<string, LastUses>, text: string): void {
  const line = parsed(text);
  const kind = line === undefined || !Object.hasOwn(KINDS, line.action) ? undefined : KINDS[line.action];
  if (line === undefined || kind === undefined) return;
  const { name, at, action, by, why, runId } = line;
  const before = found.get(name);
  // Processes write side by side. ISO 8601 in UTC sorts as texts.
  if (before?.[kind] !== undefined && before[kind].at > at) return;
  const use = { at, action, runId, ...(by === undefined ? {} : { by }), ...(why === undefined ? {} : { why }) };
  found.set(name, { ...before, [kind]: use });
}

/** The last line of a process that was killed may be torn. */
function parsed(text: string): AuditLine | undefined {
  try {
    const line = JSON.parse(text) as AuditLine | null;
    return typeof line?.name === 'string' && typeof line.at === 'string' ? line : undefined;
  } catch {
    return undefined;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
