/** What our commands have changed: one line of JSON for each, only ever added. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { hubFolderFor } from '@quality-hub/telemetry';
import { writeAtomically } from '../init/apply/write-atomically.ts';

export const CHANGE_LOG = 'config-changes.jsonl';

export interface FileChange {
  readonly path: string;
  /** SHA-256 in hex; null where there was no file. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Writes the files, each as a whole or not at all, and notes it. The log is written first: what is not noted is not done. */
export function writeAndNote(
  action: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  { cwd, now = new Date() }: { cwd: string; now?: Date },
): readonly FileChange[] {
  const changes = Object.entries(files).map(([path, content]): FileChange => {
    return { path, before: existsSync(path) ? hashOf(readFileSync(path)) : null, after: hashOf(content) };
  });
  const log = join(hubFolderFor(cwd).path, CHANGE_LOG);
  mkdirSync(dirname(log), { recursive: true });
  appendFileSync(log, `${JSON.stringify({ at: now.toISOString(), action, user: userName(), files: changes })}\n`);
  for (const [path, content] of Object.entries(files)) {
    writeAtomically(path, typeof content === 'string' ? Buffer.from(content) : content);
  }
  return changes;
}

function hashOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A container may run as a user that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
