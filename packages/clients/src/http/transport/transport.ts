/** The port below the client: carries one request to a server and one answer back. */
import type { Readable } from 'node:stream';

export type HttpHeaders = Readonly<Record<string, string>>;
/** As they came, names in lower case; a name that came twice has a list. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is sent. A function makes a new stream for each time that it is sent. */
export type WireBody = string | Uint8Array | (() => Readable);

export interface WireRequest {
  readonly method: string;
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: HttpHeaders;
  readonly body?: WireBody;
  /** The answer's body is wanted as a stream; else it is read whole. */
  readonly stream: boolean;
  /** Longest body that is read whole. */
  readonly maxBodyBytes: number;
  /** May be sent again by the transport itself where a kept connection turns out to be dead. */
  readonly repeatable: boolean;
}

/** What the transport saw. What it cannot see is left out. */
export interface TransferFacts {
  /** The connection had served a request before. */
  readonly reused?: boolean;
  /** Waited for a free connection of the pool. */
  readonly poolWaitMs?: number;
  /** Opened a connection for this request: name lookup, TCP and TLS. */
  readonly connectMs?: number;
  /** From sending until the first bytes of the answer. */
  readonly firstByteMs?: number;
  /** Times that it was sent again because a kept connection was dead. */
  readonly resent?: number;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Buffer | Readable;
  readonly facts: TransferFacts;
}

/** Connections of one origin, since the client was made. */
export interface OriginStatistics {
  readonly origin: string;
  readonly requests: number;
  readonly opened: number;
  readonly closed: number;
  /** Requests that went over a connection that had served one before. */
  readonly reused: number;
  /** Requests that waited because all connections were in use, and how long all of them together. */
  readonly waits: number;
  readonly waitedMs: number;
  /** Attempts to connect that failed. */
  readonly failed: number;
  /** Open now, and in use now. */
  readonly open: number;
  readonly busy: number;
}

export interface Transport {
  readonly name: string;
  /** It can send and give bodies as streams. */
  readonly canStream: boolean;
  /** It keeps cookies itself. */
  readonly keepsCookies: boolean;
  /** @throws {HttpNetworkError} where no answer came; the signal's reason where it was aborted. */
  send(request: WireRequest, signal: AbortSignal | undefined): Promise<WireAnswer>;
  statistics(): readonly OriginStatistics[];
  /** Opens connections before they are needed; what cannot be opened is told, not thrown. */
  warmUp(origin: string, connections: number, signal: AbortSignal | undefined): Promise<WarmUp>;
  close(): Promise<void>;
}

export interface WarmUp {
  readonly opened: number;
  readonly failed: number;
}
