/** Asks the `quality-hub` command what happened in the latest run. */
import { join } from 'node:path';
import { run } from '../setup/processes.mjs';

/** @returns {Promise<{ run: object, counts: Record<string, number>, failures: { verdict: string }[] } | undefined>} */
export async function readLatestRun({ root, node }) {
  const command = join(root, 'packages', 'cli', 'bin', 'quality-hub.mjs');
  const { output } = await run(node, [command, 'show', '--json'], { cwd: root, timeoutMs: 20_000 });
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}
