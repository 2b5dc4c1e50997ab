/** What every command does around its own work: set up, go on with the pinned Node, and end cleanly. */
import { endAll, endOnSignals, run } from './processes.mjs';
import { explain } from './setup-error.mjs';

// The inner process stops servers and suites; the outer one must outlive that.
const INNER_GRACE_MS = 30_000;

/**
 * Sets up, then runs `script` on the pinned Node and exits with its code.
 *
 * @param {string} script
 * @param {readonly string[]} args
 */
export async function setUpAndRun(script, args) {
  endOnSignals({ graceMs: INNER_GRACE_MS });
  await exitWith(async () => {
    const { setUp } = await import('../setup.mjs');
    const { places, env } = await setUp();
    const { code } = await run(places.node, [script, ...args], { cwd: places.root, env, show: true });
    return code;
  });
}

/** Runs the work of an inner script: its result is the exit code, its failure one sentence. */
export async function exitWith(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  } finally {
    await endAll();
  }
}
