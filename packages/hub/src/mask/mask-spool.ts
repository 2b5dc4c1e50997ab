/** Masks the spool of a run whose writers have ended: a new file under the old name, with every byte at its old place. */
import { closeSync, fstatSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Mask, SpoolError, SpoolReader } from '@quality-hub/telemetry';
import { maskSpoolLine } from './mask-record.ts';

const SHARD = /^.{0,600}?"shard":(\d+)/;
const ENDED = /^.{0,600}?"kind":"run\.ended"/;

/**
 * @param options.shard This one has ended; of the others only what has ended is masked. @default all have
 * @returns the files that were changed.
 * @throws {SpoolError} (`QH_SPOOL`) for a file that cannot be written again; it is as it was.
 */
export function maskSpool(folder: string, mask: Mask, { shard }: { readonly shard?: number } = {}): readonly string[] {
  const paths = spoolsIn(folder);
  const ended = shard === undefined ? undefined : new Set([shard, ...paths.flatMap(endedShard)]);
  return paths.filter(path => {
    const own = ended === undefined ? undefined : shardOf(path);
    if (own !== undefined && !ended?.has(own)) return false;
    return holdsValue(path, mask) && rewritten(path, mask);
  });
}

function spoolsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter(name => name.endsWith('.ndjson'));
    return names.map(name => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new SpoolError(folder, 'mask the spool', error);
  }
}

function shardOf(path: string): number | undefined {
  for (const line of linesOf(path)) {
    const shard = SHARD.exec(line)?.[1];
    if (shard !== undefined) return Number(shard);
  }
  return undefined;
}

/** Its reporter has said so, and its workers are gone then. */
function endedShard(path: string): number[] {
  for (const line of linesOf(path)) if (ENDED.test(line)) return [Number(SHARD.exec(line)?.[1])];
  return [];
}

function holdsValue(path: string, mask: Mask): boolean {
  for (const line of linesOf(path)) if (maskSpoolLine(line, mask) !== line) return true;
  return false;
}

function* linesOf(path: string): Iterable<string> {
  const reader = new SpoolReader(path);
  for (;;) {
    const { lines, atEnd } = reader.read();
    yield* lines;
    if (atEnd) return;
  }
}

function rewritten(path: string, mask: Mask): true {
  const beside = `${path}.${process.pid}.masked`;
  try {
    const before = openSync(path, 'r');
    const after = openSync(beside, 'wx', fstatSync(before).mode & 0o777);
    try {
      copyMasked(path, after, mask);
      const [was, is] = [fstatSync(before).size, fstatSync(after).size];
      if (was !== is) throw new Error(`${is} bytes have become of ${was}: a line is damaged, or somebody writes there`);
    } finally {
      closeSync(before);
      closeSync(after);
    }
    renameSync(beside, path);
    return true;
  } catch (error) {
    rmSync(beside, { force: true });
    throw new SpoolError(path, 'mask the spool', error);
  }
}

/** A torn line at the end is nobody's: what it held is not looked at by any reader, and goes. */
function copyMasked(path: string, to: number, mask: Mask): void {
  const reader = new SpoolReader(path);
  for (let atEnd = false; !atEnd; ) {
    const read = reader.read();
    atEnd = read.atEnd;
    if (read.lines.length > 0) writeAll(to, `${read.lines.map(line => maskSpoolLine(line, mask)).join('\n')}\n`);
  }
  const torn = statSync(path).size - reader.offset;
  if (torn > 0) writeAll(to, ' '.repeat(torn));
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}
