/** TLS before a server that has none, under a certificate that nobody has signed but itself. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';

export interface TlsFront {
  readonly url: string;
  /** The file with its certificate. */
  readonly cert: string;
  close(): void;
}

export async function startTlsFront(target: string): Promise<TlsFront> {
  const folder = mkdtempSync(join(tmpdir(), 'qh-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert];
  const subject = ['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...made, ...subject], { stdio: 'ignore' });
  const open = new Set<TLSSocket>();
  const { port } = new URL(target);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, socket => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const upstream = connect(Number(port), '127.0.0.1');
    for (const end of [socket, upstream]) end.on('error', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cert,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
