/** What all emulated services have in common: a real HTTP server, a list of what was asked, and faults on demand. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startServer } from '../start-server.ts';

export interface EmulatedRequest {
  readonly method: string;
  /** As it was sent, without the query: still encoded. */
  readonly path: string;
  /** Names and values decoded. */
  readonly query: URLSearchParams;
  /** As it was sent, with the `?`; empty where there is none. */
  readonly rawQuery: string;
  /** Names in lower case; a name that came twice is joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface EmulatedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. @default no body */
  readonly body?: unknown;
}

/** Something that goes wrong on purpose. */
export interface EmulatorFault {
  /** @default every request */
  readonly when?: (request: EmulatedRequest) => boolean;
  /** How often it happens. @default 1 */
  readonly times?: number;
  /** `hang` never answers, `cut` ends the connection, an answer is given in place of the right one, `lost` is done and cut then. */
  readonly act: 'hang' | 'cut' | 'lost' | EmulatedAnswer;
}

export interface Emulator extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** All that was asked, in order, faults too. */
  readonly requests: readonly EmulatedRequest[];
  /** Faults come in the order in which they were added; each request meets one at most. */
  fault(fault: EmulatorFault): void;
  close(): Promise<void>;
}

/** @param now Wall clock of the service, in milliseconds: its `Date` header goes by it. */
export async function startEmulator(
  handle: (request: EmulatedRequest) => EmulatedAnswer | Promise<EmulatedAnswer>,
  { now = Date.now }: { readonly now?: () => number } = {},
): Promise<Emulator> {
  const requests: EmulatedRequest[] = [];
  const faults: { left: number; readonly fault: EmulatorFault }[] = [];
  const server = await startServer(async (incoming, response) => {
    const request = await readRequest(incoming);
    requests.push(request);
    const met = faults.find(({ left, fault }) => left > 0 && (fault.when?.(request) ?? true));
    if (met !== undefined) met.left -= 1;
    const act = met?.fault.act;
    if (act === 'hang') return;
    if (act === 'cut') {
      incoming.socket.destroy();
      return;
    }
    const answer = typeof act === 'object' ? act : await handle(request);
    if (act === 'lost') incoming.socket.destroy();
    else send(response, answer, now());
  });
  return {
    url: server.url,
    requests,
    fault: fault => void faults.push({ left: fault.times ?? 1, fault }),
    close: server.close,
    [Symbol.asyncDispose]: server.close,
  };
}

async function readRequest(incoming: IncomingMessage): Promise<EmulatedRequest> {
  const [path = '', ...rest] = (incoming.url ?? '').split('?');
  const rawQuery = rest.length === 0 ? '' : `?${rest.join('?')}`;
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const body = await buffer(incoming);
  return { method: incoming.method ?? '', path, query: new URLSearchParams(rawQuery), rawQuery, headers, body };
}

function send(response: ServerResponse, { status, headers = {}, body }: EmulatedAnswer, now: number): void {
  response.statusCode = status;
  response.setHeader('date', new Date(now).toUTCString());
  if (body !== undefined) response.setHeader('content-type', 'application/json');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** The body as a JSON object; undefined where it is none. */
export function jsonBody({ body }: EmulatedRequest): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
