/** `npm test`: sets up, then runs every check and every test. The last line says how many passed and failed. */
import { fileURLToPath } from 'node:url';
import { requireNode } from './setup/node-version.mjs';

requireNode(process.version);

const { STAGE_NAMES } = await import('./stages/names.mjs');
const args = process.argv.slice(2);
const unknown = args.find(arg => !STAGE_NAMES.includes(arg));
if (unknown !== undefined) {
  console.error(
    `npm test does not know "${unknown}": name stages (${STAGE_NAMES.join(', ')}), or nothing for all of them.`,
  );
  process.exit(2);
}
const { setUpAndRun } = await import('./setup/entry.mjs');
await setUpAndRun(fileURLToPath(new URL('./stages/run-tests.mjs', import.meta.url)), args);
