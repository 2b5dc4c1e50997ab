import { expect, test } from 'vitest';
import { startServer } from './start-server.ts';

test('the server answers on the loopback until the end of its block', async () => {
  let url: string;
  {
    await using server = await startServer((request, response) => void response.end(`you asked for ${request.url}`));
    url = server.url;
    expect(await (await fetch(`${url}/stock`)).text()).toBe('you asked for /stock');
  }
  await expect(fetch(url)).rejects.toThrow();
});

test('closing does not wait for a request that hangs', async () => {
  const server = await startServer(() => {});
  const hanging = fetch(server.url).catch((error: unknown) => error);
  await new Promise<void>(resolve => server.server.once('request', () => resolve()));
  await server.close();
  await server.close();
  expect(await hanging).toBeInstanceOf(Error);
});

test('a handler that throws answers 500 with its message', async () => {
  await using server = await startServer(async () => {
    throw new Error('no such table');
  });
  const response = await fetch(server.url);
  expect([response.status, await response.text()]).toEqual([500, 'no such table']);
});

test('a handler that throws after the head was sent still ends the response', async () => {
  await using server = await startServer((_, response) => {
    response.writeHead(200);
    response.write('half ');
    throw new Error('a page');
  });
  expect(await (await fetch(server.url)).text()).toBe('half a page');
});
