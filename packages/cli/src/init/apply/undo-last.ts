/** Takes back what the last `init` changed. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { InitError } from '../../errors.ts';
import { digest, type KeptFile, UndoRecord } from './undo-record.ts';
import { writeAtomically } from './write-atomically.ts';

export interface Undone {
  readonly restored: readonly string[];
  /** Files that were edited since, with the copy of what they were; they are left as they are. */
  readonly edited: readonly { readonly path: string; readonly copy?: string }[];
}

/** @throws {InitError} (`QH_INIT`) where there is nothing to take back, or a file cannot be written. */
export function undoLast(hubFolder: string): Undone {
  const record = UndoRecord.last(hubFolder);
  if (!record) {
    throw new InitError(
      `There is nothing to undo: ${hubFolder} has no record of an init`,
      'It is kept in the package where init ran',
    );
  }
  const edited: KeptFile[] = [];
  const restored: string[] = [];
  for (const [index, file] of record.files.entries()) {
    const now = existsSync(file.path) ? digest(readFileSync(file.path)) : undefined;
    if (now !== file.before?.digest && now !== file.after) {
      edited.push(file);
      continue;
    }
    try {
      const content = record.contentOf(file);
      if (now === file.after && content) writeAtomically(file.path, content);
      if (now === file.after && !content) rmSync(file.path);
    } catch (error) {
      record.keepOnly([...edited, ...record.files.slice(index)]);
      throw new InitError(
        `${file.path} cannot be restored: ${(error as Error).message}`,
        'Run `quality-hub init --undo` again when it can',
      );
    }
    restored.push(file.path);
  }
  record.keepOnly(edited);
  return {
    restored,
    edited: edited.map(({ path, before }) => ({ path, ...(before ? { copy: record.copyOf(before) } : {}) })),
  };
}
