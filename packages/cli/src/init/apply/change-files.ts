/** Writes all changes of a plan, or none. */
import { accessSync, constants, existsSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { InitError } from '../../errors.ts';
import type { FileChange } from '../setup-plan.ts';
import { applyEdits } from '../source/edit.ts';
import { UndoRecord } from './undo-record.ts';
import { writeAtomically } from './write-atomically.ts';

interface Target {
  readonly path: string;
  readonly before: Buffer | undefined;
  readonly after: Buffer;
}

/**
 * @throws {InitError} (`QH_INIT`) before anything is changed, where a file may not be written or is no longer what was
 *   shown; and where a write fails, after all files were put back.
 */
export function changeFiles(changes: readonly FileChange[], hubFolder: string): void {
  const targets = changes.map(targetOf);
  const problems = targets.flatMap(problemOf);
  if (problems.length > 0) {
    throw new InitError(`Nothing was changed: ${problems.join('; ')}`, 'See to it, then run init again');
  }
  let record: UndoRecord;
  try {
    record = UndoRecord.keep(hubFolder, targets);
  } catch (error) {
    throw new InitError(
      `Nothing was changed: the files as they are cannot be kept in ${hubFolder}: ${(error as Error).message}`,
      'Make room or give access, then run init again',
    );
  }
  const written: Target[] = [];
  for (const target of targets) {
    try {
      writeAtomically(target.path, target.after);
      written.push(target);
    } catch (error) {
      putBack(written, record);
      throw new InitError(
        `${target.path} cannot be written (${(error as Error).message}); all files are as they were`,
        'Make room or give access, then run init again',
      );
    }
  }
}

/** A link stays a link: what it leads to is written. */
function targetOf({ path, before, edits }: FileChange): Target {
  const real = existsSync(path) ? realpathSync(path) : path;
  return {
    path: real,
    before: before === undefined ? undefined : Buffer.from(before),
    after: Buffer.from(applyEdits(before ?? '', edits)),
  };
}

function problemOf({ path, before }: Target): string[] {
  const now = existsSync(path) ? readFileSync(path) : undefined;
  if (before === undefined ? now !== undefined : !now?.equals(before)) return [`${path} was changed meanwhile`];
  if (now && (statSync(path).mode & 0o222) === 0) return [`${path} is read-only`];
  try {
    if (now) accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
    return [];
  } catch {
    return [`${path} cannot be written`];
  }
}

/** @throws {InitError} (`QH_INIT`) where that fails too: the record stays, and `--undo` can go on from there. */
function putBack(written: readonly Target[], record: UndoRecord): void {
  try {
    for (const { path, before } of written) {
      if (before) writeAtomically(path, before);
      else rmSync(path, { force: true });
    }
  } catch (error) {
    throw new InitError(
      `Writing failed, and so did putting files back (${(error as Error).message}); what they were lies in ${record.folder}`,
      'Run `quality-hub init --undo` when the disk can be written again',
    );
  }
  record.remove();
}
