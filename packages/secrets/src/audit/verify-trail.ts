/** Tells whether a trail is whole. */
import { readFile } from 'node:fs/promises';
import { type AuditLine, CHAIN_START, type ChainEnd, hashOf } from './audit-trail.ts';

export interface VerifiedTrail {
  readonly lines: number;
  readonly end: ChainEnd;
  /** What is wrong, the first thing only: all that follows a broken line is uncertain. */
  readonly problem?: string;
}

/**
 * Follows the chain of a file. A last line without an end was torn by a killed process, and counts as not there.
 *
 * @param expected Where it ended as somebody else knows it: then lines that were taken from the end are missed as well.
 * @throws what the file system says.
 */
export async function verifyTrail(path: string, expected?: ChainEnd): Promise<VerifiedTrail> {
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  let end: ChainEnd = { seq: 0, hash: CHAIN_START };
  for (const [index, text] of lines.entries()) {
    const problem = problemOf(text, end);
    if (problem !== undefined) return { lines: index, end, problem: `line ${index + 1} ${problem}` };
    const { seq, hash } = JSON.parse(text) as AuditLine;
    end = { seq, hash };
  }
  const problem = expected === undefined ? undefined : shortfall(end, expected);
  return { lines: lines.length, end, ...(problem === undefined ? {} : { problem }) };
}

function problemOf(text: string, { seq, hash: before }: ChainEnd): string | undefined {
  let line: AuditLine;
  try {
    line = JSON.parse(text) as AuditLine;
  } catch {
    return 'is no JSON';
  }
  const { hash, ...rest } = line;
  if (line.seq !== seq + 1) return `has number ${line.seq}, expected ${seq + 1}: lines are missing, or out of order`;
  if (line.before !== before) return 'does not follow the line before it: something was changed, taken out or put in';
  return hashOf(JSON.stringify(rest)) === hash ? undefined : 'was changed after it was written';
}

function shortfall(end: ChainEnd, expected: ChainEnd): string | undefined {
  if (end.seq < expected.seq) return `lines are missing at the end: it had ${expected.seq}`;
  return end.seq === expected.seq && end.hash !== expected.hash
    ? 'the chain is another one than was recorded'
    : undefined;
}
