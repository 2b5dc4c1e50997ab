import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nameOfSecret, type ResolvedConfig, resolveConfig } from '../index.ts';
import { scratchFiles } from '../testing/scratch-files.ts';
import { forgetHandOver, handOver, handOverStamp, readHandOver } from './hand-over.ts';

const DOOR = new URL('./hand-over.ts', import.meta.url).href;
const REFERENCE = new URL('../secret-reference.ts', import.meta.url).href;
const ZOD = import.meta.resolve('zod');

async function resolved(text: string): Promise<ResolvedConfig> {
  const from = scratchFiles({ 'quality-hub.config.mjs': text });
  return (await resolveConfig({ from, cwd: from, env: {} })) as ResolvedConfig;
}

function place(): { file: string } {
  return { file: join(scratchFiles({}), 'configs', 'run.1') };
}

const PLAIN = `import { z } from '${ZOD}';
  import { secret } from '${REFERENCE}';
  export default {
    schema: z.object({ shop: z.object({ baseURL: z.string(), since: z.coerce.date(), currency: z.string().default('EUR') }) }),
    environments: { local: { shop: { baseURL: 'http://127.0.0.1:4000', since: '2026-01-01' } } },
    clients: { default: { baseURL: ({ config }) => new URL(config.shop.baseURL), auth: { kind: 'bearer', token: secret('token') },
      headers: { $url: 'not one' }, connection: { tls: { ca: Buffer.from('certificate') } } } },
    databases: { shop: { url: process.env.SHOP_DB ?? 'postgres://ada:' + 'hunter' + '-22@db.example/shop', port: undefined } },
    policies: { a: { match: /a+/i, big: 12n, list: [1, [undefined, null]] } },
  };`;

test('what is handed over is read as it was, and lies there encrypted, for its owner alone', async () => {
  const config = await resolved(PLAIN);
  const handoff = handOver(config, place());
  const read = await readHandOver(handoff);
  expect([read.path, read.environment]).toEqual([config.path, 'local']);
  expect(read.values).toEqual(config.values);
  expect(read.values).toEqual({
    shop: { baseURL: 'http://127.0.0.1:4000', since: new Date('2026-01-01'), currency: 'EUR' },
  });
  expect(read.input).toEqual({ shop: { baseURL: 'http://127.0.0.1:4000', since: '2026-01-01' } });
  expect(Object.isFrozen(read.values.shop)).toBe(true);
  const { auth, ...client } = (read.config.clients as Record<string, { auth: { token: unknown } }>).default ?? {};
  expect(nameOfSecret(auth?.token)).toBe('token');
  expect(client).toEqual({
    baseURL: new URL('http://127.0.0.1:4000'),
    headers: { $url: 'not one' },
    connection: { tls: { ca: Buffer.from('certificate') } },
  });
  expect(read.config.policies).toEqual({ a: { match: /a+/i, big: 12n, list: [1, [undefined, null]] } });
  expect(readFileSync(handoff.file).includes('hunter')).toBe(false);
  expect(statSync(handoff.file).mode & 0o777).toBe(0o600);
});

test('functions come from the file itself; nothing else of it does', async () => {
  const config = await resolved(`export default {
    clients: { default: { timeoutMs: 5 }, own: { auth: { sign: () => 'signed' } } },
    policies: { quick: { retry: 1, fallback: { give: () => 'given' } } },
  };`);
  const handoff = handOver(config, place());
  writeFileSync(config.path, readFileSync(config.path, 'utf8').replace('retry: 1', 'retry: 9'));
  const { policies, clients } = (await readHandOver(handoff)).config as {
    policies: { quick: { retry: number; fallback: { give: () => string } } };
    clients: { own: { auth: { sign: () => string } } };
  };
  expect([policies.quick.retry, policies.quick.fallback.give(), clients.own.auth.sign()]).toEqual([
    1,
    'given',
    'signed',
  ]);
});

test('values that JSON has no form for are resolved by the worker itself', async () => {
  const config = await resolved(`import { z } from '${ZOD}';
    export default { schema: z.object({ names: z.array(z.string()).transform(names => new Set(names)) }), values: { names: ['a'] } };`);
  const read = await readHandOver(handOver(config, place()));
  expect(read.values).toEqual({ names: new Set(['a']) });
});

test('a new content takes the place of the old one under the same key, and can be told from it', async () => {
  const handoff = handOver(await resolved('export default { values: { a: 1 } }'), place());
  const stamp = handOverStamp(handoff);
  expect(handOverStamp(handoff)).toBe(stamp);
  expect(handOver(await resolved('export default { values: { a: 2 } }'), place(), handoff)).toEqual(handoff);
  expect(handOverStamp(handoff)).not.toBe(stamp);
  expect((await readHandOver(handoff)).values).toEqual({ a: 2 });
});

test('another key, a changed byte and a missing file are told', async () => {
  const handoff = handOver(await resolved('export default { values: { a: 1 } }'), place());
  const wrong = { ...handoff, key: Buffer.alloc(32).toString('base64') };
  await expect(readHandOver(wrong)).rejects.toMatchObject({ code: 'QH_CONFIG_LOAD' });
  const bytes = readFileSync(handoff.file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(handoff.file, bytes);
  await expect(readHandOver(handoff)).rejects.toMatchObject({ code: 'QH_CONFIG_LOAD' });
  forgetHandOver(handoff);
  await expect(readHandOver(handoff)).rejects.toMatchObject({
    code: 'QH_CONFIG_LOAD',
    message: expect.stringMatching(/handed over cannot be read: ENOENT/),
  });
});

test('a worker that reads it loads no schema, no loader and not the file', async () => {
  const handoff = handOver(await resolved(PLAIN), place());
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { readHandOver } = await import(${JSON.stringify(DOOR)});
    const { values } = await readHandOver(${JSON.stringify(handoff)});
    console.log(JSON.stringify([values.shop.currency, loaded]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  const [currency, loaded] = JSON.parse(stdout) as [string, string[]];
  expect(currency).toBe('EUR');
  expect(loaded.filter(url => /zod|jiti|yaml|quality-hub\.config|load-config|file-layers|telemetry/.test(url))).toEqual(
    [],
  );
});
