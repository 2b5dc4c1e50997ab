/** `pnpm soak`: kills, faults and loads in full numbers on the pinned Node; writes docs/proof.md. */
import { fileURLToPath } from 'node:url';
import { requireNode } from './setup/node-version.mjs';

requireNode(process.version);

const { setUpAndRun } = await import('./setup/entry.mjs');
await setUpAndRun(fileURLToPath(new URL('../tests/soak/soak.ts', import.meta.url)), process.argv.slice(2));
