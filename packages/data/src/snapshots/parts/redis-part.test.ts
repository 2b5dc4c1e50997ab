import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSnapshots } from '../snapshots.ts';
import { redisPart } from './redis-part.ts';

// Passed through by turbo as `QH_*_URL`, which the linter does not read.
const { env } = process;
const given = env['QH_REDIS_URL'];
const PROGRAM = '/usr/bin/redis-server';
const skip = given === undefined && !existsSync(PROGRAM);

describe.skipIf(skip)(`a snapshot of Redis${skip ? ' (needs QH_REDIS_URL)' : ''}`, () => {
  let folder: string;
  let url: string;
  let client: ReturnType<typeof createClient>;
  let stop = async (): Promise<void> => {};
  const prefix = `qh-snapshot-${process.pid}:[*]:`;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'qh-snapshots-'));
    url = given ?? (await startOwn());
    client = createClient({ url });
    client.on('error', () => {});
    await client.connect();
  });
  afterAll(async () => {
    client?.destroy();
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startOwn(): Promise<string> {
    const port = await freePort();
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
    const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      said += text;
      if (said.includes('Ready to accept connections')) break;
    }
    stop = async () => {
      child.kill();
      await once(child, 'exit');
    };
    return `redis://127.0.0.1:${port}/0`;
  }

  test('every type comes back with its lifetime, and nothing beside the prefix is touched', async () => {
    const other = `${prefix.slice(0, -1)}other`;
    await client.set(`${prefix}text`, 'Zoë');
    await client.set(Buffer.from(`${prefix}\xff`, 'latin1'), Buffer.from([0, 255, 10]));
    await client.hSet(`${prefix}hash`, { a: '1', b: '2' });
    await client.zAdd(`${prefix}sorted`, [{ score: 1.5, value: 'x' }]);
    await client.set(`${prefix}ends`, 'soon', { expiration: { type: 'PX', value: 600_000 } });
    for (let n = 0; n < 450; n++) await client.rPush(`${prefix}list-${n}`, ['x', String(n)]);
    await client.set(other, 'mine');
    const snapshots = openSnapshots({ folder, parts: { cache: redisPart({ url: async () => url, prefix }) } });
    await snapshots.save('clean');
    expect((await snapshots.changes('clean')).text).toBe('Nothing differs.\n');
    await client.set(`${prefix}text`, 'changed');
    await client.del([`${prefix}hash`, `${prefix}list-7`]);
    await client.set(`${prefix}new`, 'x');
    await client.set(other, 'still mine');
    expect((await snapshots.changes('clean')).text).toBe(
      [
        `cache: added: ${prefix}new`,
        `cache: removed: ${prefix}hash, ${prefix}list-7`,
        `cache: changed: ${prefix}text`,
        '',
      ]
        .join('\n\n')
        .replace(/\n\n$/, '\n'),
    );
    await snapshots.restore('clean');
    expect([await client.get(`${prefix}text`), await client.hGetAll(`${prefix}hash`)]).toEqual([
      'Zoë',
      { a: '1', b: '2' },
    ]);
    expect(await client.lRange(`${prefix}list-7`, 0, -1)).toEqual(['x', '7']);
    expect([await client.exists(`${prefix}new`), await client.get(other)]).toEqual([0, 'still mine']);
    const left = await client.pTTL(`${prefix}ends`);
    expect(left).toBeGreaterThan(300_000);
    expect((await snapshots.changes('clean')).text).toBe('Nothing differs.\n');
    await client.del(other);
  });

  test('a server that is not there is told without its password', async () => {
    const part = redisPart({ url: 'redis://user:pass-word@127.0.0.1:1', prefix: 'x:', connectMs: 500 });
    const saving = openSnapshots({ folder, parts: { cache: part } }).save('never');
    await expect(saving).rejects.toMatchObject({
      code: 'QH_SNAPSHOT_PART',
      message: expect.stringMatching(/^Redis at 127\.0\.0\.1:1 has failed: (?!.*pass-word)/),
    });
    expect(() => redisPart({ url, prefix: '' })).toThrow('needs a prefix');
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
