/** `pnpm matrix`: our packed parts with every version of Playwright and Node, installer and kind of module. */
import { fileURLToPath } from 'node:url';
import { requireNode } from './setup/node-version.mjs';

requireNode(process.version);

const { setUpAndRun } = await import('./setup/entry.mjs');
await setUpAndRun(fileURLToPath(new URL('./matrix/run-matrix.mjs', import.meta.url)), process.argv.slice(2));
