/** PostgreSQL's way to end a statement: a connection of its own that carries nothing but the key of the other. */
import { connect } from 'node:net';

const CANCEL_REQUEST_CODE = 80877102;
const LENGTH = 16;

/**
 * Resolves when the server has closed that connection, which it does after it has sent the signal.
 *
 * It is never encrypted: the server takes it before any authentication.
 */
export function cancelRequest(
  address: { readonly host: string; readonly port: number },
  key: { readonly processId: number; readonly secret: number },
  timeoutMs: number,
): Promise<void> {
  const message = Buffer.alloc(LENGTH);
  message.writeInt32BE(LENGTH, 0);
  message.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  message.writeInt32BE(key.processId, 8);
  message.writeInt32BE(key.secret, 12);
  return new Promise(resolve => {
    const socket = address.host.startsWith('/')
      ? connect(`${address.host}/.s.PGSQL.${address.port}`)
      : connect(address.port, address.host);
    socket.setTimeout(timeoutMs, () => socket.destroy());
    // Whether it arrived is seen by the statement, not here.
    socket.on('error', () => undefined);
    socket.on('connect', () => socket.write(message));
    socket.on('close', () => resolve());
    socket.resume();
  });
}
