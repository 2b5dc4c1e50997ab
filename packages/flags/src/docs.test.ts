import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { type FlagsSection, openFlags } from './index.ts';
import { flagsSchema } from './schema.ts';

const GUIDE = readFileSync(new URL('../../../docs/flags.md', import.meta.url), 'utf8');

test('the provider of the guide is taken as it is', async () => {
  const [, code = ''] = /```ts file=open-feature\.config\.ts\n([^]*?)```/.exec(GUIDE) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'qh-flags-'));
  try {
    writeFileSync(join(folder, 'config.mjs'), code);
    symlinkSync(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder, 'node_modules'));
    const { default: config } = (await import(pathToFileURL(join(folder, 'config.mjs')).href)) as {
      default: { flags: FlagsSection };
    };
    expect(flagsSchema.safeParse(config.flags).success).toBe(true);
    const flags = await openFlags(config.flags, { folder }).forTest({ context: {} });
    expect(await flags.on('newCheckout')).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the guide has every option and every operator', () => {
  const options = [...GUIDE.matchAll(/^\| `(file|provider|context|unknown)`/gm)].map(([, name]) => name);
  expect(options).toEqual(Object.keys(flagsSchema.shape));
});
