/** The transport on undici: keep-alive pools by origin, counted. */
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import { setImmediate, setTimeout as sleepFor } from 'node:timers/promises';
import { isQualityHubError } from '@quality-hub/protocol';
import type { Dispatcher } from 'undici';
import { BufferedExchange, type Passenger } from './buffered-exchange.ts';
import { proxyFor } from './choose-proxy.ts';
import { statisticsOf } from './connection-counts.ts';
import { isConnectFailure, isCut, isLookupFailure, networkError } from './network-error.ts';
import type { OriginStatistics, Transport, WarmUp, WireAnswer, WireRequest } from './transport.ts';
import { type ConnectionOptions, type CountingAgent, openAgent } from './undici-agent.ts';

export interface UndiciTransportOptions extends ConnectionOptions {
  /** Waits before a name is looked up again; for tests. */
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** A name that could not be looked up is looked up twice more: nothing has been sent. */
const LOOKUPS = 3;
const LOOKUP_WAIT_MS = 50;
/** Kept connections that may prove dead, one after the other, before the failure is told. */
const DEAD_CONNECTIONS = 5;

const sleepReally = async (ms: number, signal: AbortSignal | undefined): Promise<void> => {
  await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
};

/**
 * The usual transport. undici is loaded with the first request.
 *
 * @throws {OptionError} for a proxy that is none (`QH_OPTION`).
 */
export function undiciTransport(options: UndiciTransportOptions = {}): Transport {
  const { sleep = sleepReally, proxy } = options;
  // What was given wrongly is told now; the environment is looked at with the first request.
  proxyFor(proxy, {});
  let opening: Promise<CountingAgent> | undefined;
  let open: CountingAgent | undefined;
  let closing: Promise<void> | undefined;
  const agentOf = (): Promise<CountingAgent> => (opening ??= openAgent(options).then(agent => (open = agent)));

  const send = async (request: WireRequest, signal: AbortSignal | undefined): Promise<WireAnswer> => {
    const agent = open ?? (await agentOf());
    let resent = 0;
    for (let lookups = 1; ; ) {
      const streaming = { unsent: true, reused: false, answered: false };
      let trial: Trial = streaming;
      try {
        signal?.throwIfAborted();
        let answer: WireAnswer;
        if (request.stream) answer = await sendStreaming(agent, request, signal, streaming);
        else {
          const exchange = startBuffered(agent, request, signal);
          trial = exchange;
          answer = await exchange.answer;
        }
        return resent === 0 ? answer : { ...answer, facts: { ...answer.facts, resent } };
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (isQualityHubError(error)) throw error;
        // A server may close an idle connection at the moment in which we use it. It has not seen the request then,
        // but nobody can know: only what may be done twice is sent again (RFC 9112, section 9.3.1).
        if (trial.reused && !trial.answered && request.repeatable && isCut(error) && resent < DEAD_CONNECTIONS) {
          resent += 1;
          continue;
        }
        if (trial.unsent && isLookupFailure(error) && lookups < LOOKUPS) {
          await sleep(LOOKUP_WAIT_MS * 2 ** (lookups - 1), signal);
          lookups += 1;
          continue;
        }
        throw networkError(error, { method: request.method, origin: request.origin, unsent: trial.unsent });
      }
    }
  };

  return {
    name: 'undici',
    canStream: true,
    keepsCookies: false,
    send,
    statistics: (): readonly OriginStatistics[] => (open ? [...open.counts.values()].map(statisticsOf) : []),
    warmUp: async (origin, connections, signal) => warmUp(await agentOf(), origin, connections, signal),
    close: () => {
      closing ??= (async () => {
        const agent = await opening;
        await agent?.agent.close();
      })();
      return closing;
    },
  };
}

/** What one try came to, for the decision whether it may be done again. */
interface Trial {
  readonly unsent: boolean;
  readonly reused: boolean;
  readonly answered: boolean;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function startBuffered(
  { agent, connections, countsOf }: CountingAgent,
  request: WireRequest,
  signal: AbortSignal | undefined,
): BufferedExchange {
  const counts = countsOf(request.origin);
  counts.requests += 1;
  const exchange = new BufferedExchange(counts, request.maxBodyBytes, signal);
  try {
    agent.dispatch(dispatchOptions(request, exchange), exchange);
    exchange.markQueued(connections);
  } catch (error) {
    exchange.onResponseError(undefined, error as Error);
  }
  return exchange;
}

async function sendStreaming(
  { agent, countsOf }: CountingAgent,
  request: WireRequest,
  signal: AbortSignal | undefined,
  trial: Mutable<Trial>,
): Promise<WireAnswer> {
  const counts = countsOf(request.origin);
  counts.requests += 1;
  const passenger: Passenger = { connection: undefined };
  const startedAt = performance.now();
  const options: Dispatcher.RequestOptions = dispatchOptions(request, passenger);
  try {
    const answer = await agent.request(signal === undefined ? options : { ...options, signal });
    const { connection } = passenger;
    const reused = connection !== undefined && connection.served > 0;
    if (connection !== undefined) connection.served += 1;
    if (reused) counts.reused += 1;
    const body: Readable = answer.body;
    counts.busy += 1;
    body.once('close', () => {
      counts.busy -= 1;
    });
    const facts = { reused, firstByteMs: performance.now() - startedAt };
    return { status: answer.statusCode, headers: answer.headers, body, facts };
  } catch (error) {
    trial.unsent = isConnectFailure(error);
    trial.reused = (passenger.connection?.served ?? 0) > 0;
    throw error;
  }
}

function dispatchOptions(
  { origin, path, method, headers, body }: WireRequest,
  passenger: Passenger,
): Dispatcher.DispatchOptions & { passenger: Passenger } {
  return {
    origin,
    path,
    method: method as Dispatcher.HttpMethod,
    headers: headers as Record<string, string>,
    body: typeof body === 'function' ? body() : (body ?? null),
    passenger,
  };
}

/**
 * Sends as many requests at once as there shall be connections: each opens one of its own. OPTIONS changes nothing; HEAD
 * would not do: undici closes the connection after it.
 */
async function warmUp(
  agent: CountingAgent,
  origin: string,
  connections: number,
  signal: AbortSignal | undefined,
): Promise<WarmUp> {
  const counts = agent.countsOf(origin);
  const before = { opened: counts.opened, failed: counts.failed };
  const one = async (): Promise<void> => {
    const request: WireRequest = {
      method: 'OPTIONS',
      origin,
      path: '/',
      headers: {},
      stream: false,
      maxBodyBytes: 1_000_000,
      repeatable: true,
    };
    await startBuffered(agent, request, signal).answer.catch(() => undefined);
  };
  await Promise.all(Array.from({ length: connections }, one));
  // Undici frees a connection one turn after its answer; a call before that would open another one.
  await setImmediate();
  signal?.throwIfAborted();
  return { opened: counts.opened - before.opened, failed: counts.failed - before.failed };
}
