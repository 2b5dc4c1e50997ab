/** `pnpm bench NAME`: runs tests/bench/NAME.ts on the pinned Node. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { requireNode } from './setup/node-version.mjs';

requireNode(process.version);

const folder = fileURLToPath(new URL('../tests/bench/', import.meta.url));
const [name, ...args] = process.argv.slice(2);
const files = existsSync(folder) ? readdirSync(folder) : [];
const names = files.filter(file => /^[a-z0-9-]+\.ts$/.test(file)).map(file => file.slice(0, -'.ts'.length));
if (name === undefined || !names.includes(name)) {
  console.error(
    `pnpm bench needs the name of a benchmark (${names.join(', ') || 'none is written yet'}), not "${name ?? ''}".`,
  );
  process.exit(2);
}
const { setUpAndRun } = await import('./setup/entry.mjs');
await setUpAndRun(`${folder}${name}.ts`, args);
