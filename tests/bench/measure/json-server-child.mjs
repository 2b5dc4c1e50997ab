/** Answers every request with the same 1 KB of JSON. Ends with the process that has started it. */
import { createServer } from 'node:http';

const items = Array.from({ length: 12 }, (_, id) => ({
  id,
  name: `article number ${id}`,
  priceCents: 1990 + id,
  inStock: true,
}));
const body = Buffer.from(JSON.stringify({ items, next: null, note: 'x'.repeat(120) }));
const headers = { 'content-type': 'application/json', 'content-length': body.length };

const server = createServer((_, response) => {
  response.writeHead(200, headers);
  response.end(body);
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
