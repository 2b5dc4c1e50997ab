import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type CallRecord, createHttpClient, type HttpStatusError } from '../index.ts';
import { type Answer, json, startFaulty } from '../testing/faulty-server.ts';

const folder = () => mkdtemp(join(tmpdir(), 'qh-stream-'));
const MEGABYTE = Buffer.alloc(1024 * 1024, 'm');

test('a big body comes and goes as a stream, without being held', async () => {
  await using server = await startFaulty();
  const sentHash = createHash('sha256');
  server.next((_, response) => {
    Readable.from(
      (function* () {
        for (let i = 0; i < 200; i++) yield MEGABYTE;
      })(),
    ).pipe(response);
  });
  const calls: CallRecord[] = [];
  await using api = createHttpClient({ baseURL: server.url, observe: call => calls.push(call) });
  global.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  let length = 0;
  const answer = await api.stream('/big');
  expect(answer.wholeBody).toBeUndefined();
  expect(calls).toHaveLength(0);
  for await (const chunk of answer.stream()) {
    length += (chunk as Buffer).length;
    sentHash.update(chunk as Buffer);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(length).toBe(200 * MEGABYTE.length);
  expect(most).toBeLessThan(100 * MEGABYTE.length);
  await expect.poll(() => calls.map(({ facts }) => [facts.outcome, facts.receivedBytes])).toEqual([['ok', length]]);
  expect(api.statistics()[0]).toMatchObject({ busy: 0 });
});

test('a download appears whole under its name, and is tried again as a whole', async () => {
  await using server = await startFaulty(
    (_, response) => void response.writeHead(200, { 'content-type': 'text/csv' }).end('a;b\n'),
  );
  const file = join(await folder(), 'deep', 'report.csv');
  let tries = 0;
  await using api = createHttpClient({
    baseURL: server.url,
    policy: {
      name: 'twice',
      execute: async work => {
        const { signal } = new AbortController();
        tries += 1;
        return work({ signal, attempt: 1 }).catch(() => {
          tries += 1;
          return work({ signal, attempt: 2 });
        });
      },
    },
  });
  const half: Answer = (request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => request.socket.destroy());
  };
  server.next(half);
  expect(await api.download('/report', file)).toEqual({ path: file, sizeBytes: 4, contentType: 'text/csv' });
  expect([tries, await readFile(file, 'utf8'), await readdir(join(file, '..'))]).toEqual([2, 'a;b\n', ['report.csv']]);
  server.next(half, half);
  await expect(api.download('/report', `${file}.2`)).rejects.toMatchObject({ code: 'QH_HTTP_NETWORK' });
  expect(await readdir(join(file, '..'))).toEqual(['report.csv']);
});

test('an unexpected status of a stream or a download tells why, and leaves no file', async () => {
  await using server = await startFaulty(json({ why: 'not yet' }, 409));
  await using api = createHttpClient({ baseURL: server.url });
  const path = await folder();
  await expect(api.download('/', join(path, 'f'))).rejects.toThrow('gave 409, expected 2xx: {"why":"not yet"}');
  const error = await api.stream('/').catch((thrown: unknown) => thrown);
  expect(await (error as HttpStatusError).response.json()).toEqual({ why: 'not yet' });
  expect(await readdir(path)).toEqual([]);
  await expect.poll(() => api.statistics()[0]?.busy).toBe(0);
});

test('a place that cannot be written is no failure of the network', async () => {
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url });
  const path = await folder();
  await writeFile(join(path, 'file'), '');
  await expect(api.download('/', join(path, 'file', 'below'))).rejects.toMatchObject({
    code: expect.stringMatching(/ENOTDIR|EEXIST/),
  });
});

test('the body of a stream outlives the deadline of its head, and ends with the signal of its caller', async () => {
  await using server = await startFaulty(async (_, response) => {
    response.writeHead(200);
    for (let i = 0; i < 200 && !response.destroyed; i++) {
      response.write('tick ');
      await sleep(10);
    }
    response.end();
  });
  const calls: CallRecord[] = [];
  await using api = createHttpClient({ baseURL: server.url, timeoutMs: 60, observe: call => calls.push(call) });
  const stop = new AbortController();
  const reason = new Error('seen enough');
  const body = (await api.stream('/', { signal: stop.signal })).stream();
  const read = (async () => {
    let text = '';
    for await (const chunk of body) {
      text += chunk;
      if (text.length > 60) stop.abort(reason);
    }
  })();
  await expect(read).rejects.toBe(reason);
  await expect.poll(() => calls.map(({ facts }) => facts.outcome)).toEqual(['aborted']);
});

test('a body that breaks before it is read ends no process, and is told to whoever reads it', async () => {
  await using server = await startFaulty((request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => request.socket.destroy());
  });
  await using api = createHttpClient({ baseURL: server.url });
  const answer = await api.stream('/');
  await expect.poll(() => answer.stream().errored?.message).toBe('other side closed');
  await expect(answer.text()).rejects.toThrow('other side closed');
});

test('a file is sent from disk without being held, with its size', async () => {
  await using server = await startFaulty();
  const path = join(await folder(), 'big');
  await writeFile(path, Buffer.alloc(3_000_000, 'x'));
  await using api = createHttpClient({ baseURL: server.url });
  await api.put('/', { body: () => createReadStream(path), headers: { 'content-length': '3000000' } });
  expect(server.asked[0]?.body.length).toBe(3_000_000);
  expect(server.asked[0]?.headers['transfer-encoding']).toBeUndefined();
});
