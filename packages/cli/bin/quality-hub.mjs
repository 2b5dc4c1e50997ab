#!/usr/bin/env node
// The only JavaScript of this package: it must start on any Node to say which one is needed.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`quality-hub needs Node 22.19 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  silenceSqliteWarning();
  // The repository has sources and runs them as they are; the published package has only `dist`.
  const sources = new URL('../src/main.ts', import.meta.url);
  const { main } = await import(existsSync(sources) ? sources.href : new URL('../dist/main.js', import.meta.url).href);
  await main();
}

/** Every user of the command would see "SQLite is an experimental feature" first. Other warnings are left alone. */
function silenceSqliteWarning() {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).includes('SQLite')) return;
    emitWarning.call(process, warning, ...rest);
  };
}
