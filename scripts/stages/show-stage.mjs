/** Runs one stage and prints its line: counts, time, notes, and on failure the end of its output. */
import { existsSync, readFileSync } from 'node:fs';
import { count } from './tally.mjs';

const TAIL_LINES = 80;

/**
 * @param {string} name
 * @param {{ places: object, tools: object, log: string }} context
 * @param {(context: object) => Promise<import('./tally.mjs').Count | undefined>} stage nothing means that there is nothing to run
 * @returns {Promise<import('./tally.mjs').Count>}
 */
export async function showStage(name, context, stage) {
  const startedAt = performance.now();
  const result = await attempt(name, context, stage);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (!result) {
    console.log(`  --   ${name.padEnd(10)} nothing to run yet`);
    return count();
  }
  const { passed, failed, skipped, failures = [], notes = [], logs = [context.log] } = result;
  const numbers = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
  console.log(`  ${failed ? 'FAIL' : 'ok  '} ${name.padEnd(10)} ${numbers}  ${seconds} s`);
  for (const note of notes) console.log(`         ${note}`);
  for (const failure of failures) console.log(`         failed: ${failure}`);
  if (failed) for (const log of logs) console.log(tail(log));
  return result;
}

/** A stage that breaks is a failed stage, never the end of the others. */
async function attempt(name, context, stage) {
  try {
    return await stage(context);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { passed: 0, failed: 1, skipped: 0, failures: [`${name}: ${message}`] };
  }
}

function tail(log) {
  if (!existsSync(log)) return '';
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const shown = lines.slice(-TAIL_LINES).map(line => `         | ${line}`);
  return [`         last ${shown.length} lines of ${log}`, ...shown].join('\n');
}
