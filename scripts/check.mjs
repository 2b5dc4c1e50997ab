/** `pnpm check`: types, lint and format, architecture, dead code. All of them, also when one fails. */
import { fileURLToPath } from 'node:url';
import { requireNode } from './setup/node-version.mjs';

requireNode(process.version);

const { setUpAndRun } = await import('./setup/entry.mjs');
await setUpAndRun(fileURLToPath(new URL('./stages/run-tests.mjs', import.meta.url)), ['check']);
