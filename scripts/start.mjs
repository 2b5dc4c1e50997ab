/** `npm start`: sets up, then shows what Quality Hub does with a real suite on a bad day. */
import { fileURLToPath } from 'node:url';
import { requireNode } from './setup/node-version.mjs';

requireNode(process.version);

const KNOWN = ['--good-day'];
const args = process.argv.slice(2);
const unknown = args.find(arg => !KNOWN.includes(arg));
if (unknown !== undefined) {
  console.error(
    `npm start does not know "${unknown}": it takes --good-day for the green run, or nothing for the bad day.`,
  );
  process.exit(2);
}
const { setUpAndRun } = await import('./setup/entry.mjs');
await setUpAndRun(fileURLToPath(new URL('./start/demonstration.mjs', import.meta.url)), args);
