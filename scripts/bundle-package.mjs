/**
 * Bundles the sources of the package in the working directory into one file for each of its doors: `dist/index.js` and the
 * like. Loading a file costs a worker half a millisecond, and the packages that it loads have about fifty.
 *
 * Arguments name entries that are no door, such as a thread. Other packages, ours too, stay outside. Types are the compiler's.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = [...Object.values(exports), ...process.argv.slice(2)];

// What an earlier build made of a source that is gone would be published.
for (const name of readdirSync('dist', { recursive: true })) {
  if (/\.js(\.map)?$/.test(name)) rmSync(join('dist', name));
}

const bundle = await rolldown({
  // `./src/embedded/index.ts` becomes `dist/embedded/index.js`: the doors stay where the manifest has them.
  input: Object.fromEntries(entries.map(source => [source.replace(/^(\.\/)?src\//, '').replace(/\.ts$/, ''), source])),
  external: id => !/^[./]/.test(id),
  platform: 'node',
});
// The maps are there for people, without a line that names them: to place one fixture, Playwright would read the whole map of
// its file in every worker, which takes 40 ms.
await bundle.write({ dir: 'dist', format: 'esm', sourcemap: 'hidden', chunkFileNames: 'shared-[hash].js' });
await bundle.close();
