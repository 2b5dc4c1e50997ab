/** From one line of text to one event that can be trusted, in the current version. */
import type { z } from 'zod';
import { EventError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import { upgradeEvent } from '../upgrade.ts';
import { runEventSchema } from './event-schema.ts';

/**
 * Reads one line of a spool or one event of a request: parses, upgrades, checks.
 *
 * @throws {EventError} (`QH_EVENT`) if it is no event; the message names the first wrong field.
 */
export function readEvent(line: string): RunEvent {
  const result = runEventSchema.safeParse(upgradeEvent(parse(line)));
  if (result.success) return result.data;
  throw new EventError(`Not a run event: ${firstProblem(result.error)}`, 'The line was left out; the rest is kept.');
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new EventError('Not a run event: the line is not JSON', 'The line was left out; the rest is kept.');
  }
}

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join('.') || 'event'}: ${issue.message}` : 'unknown shape';
}
