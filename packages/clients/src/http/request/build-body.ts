/** Makes the body of a request, and the headers that say what it is. */
import type { Readable } from 'node:stream';
import { OptionError } from '@quality-hub/protocol';
import { isSecret } from '@quality-hub/telemetry';
import { HttpBodyUsedError } from '../errors.ts';
import type { WireBody } from '../transport/transport.ts';
import { encodeQuery } from './build-path.ts';
import { encodeMultipart } from './multipart.ts';
import type { BodyInput, RequestOptions } from './request-options.ts';

export interface BuiltBody {
  readonly body: WireBody;
  readonly contentType?: string;
  /** Where it is known and the body is a stream. */
  readonly sizeBytes?: number;
  /** A stream that was given ready-made: it can be sent once only. */
  readonly once: boolean;
}

/** Undefined where the options name no body. Waits only where files have to be looked at. */
export function buildBody(doing: string, options: RequestOptions): BuiltBody | undefined | Promise<BuiltBody> {
  const { json, form, multipart, body } = options;
  if (json !== undefined) return { body: encodeJson(doing, json), contentType: 'application/json', once: false };
  if (form !== undefined) {
    return { body: encodeQuery(form), contentType: 'application/x-www-form-urlencoded', once: false };
  }
  if (multipart !== undefined) return encodeMultipart(multipart).then(built => ({ ...built, once: false }));
  if (body === undefined) return undefined;
  return givenBody(doing, body);
}

/** What a secret in its box is printed as begins so. */
const BOX = '"[secret:';

/** `value` is what a box says of itself by then; the box stands in its holder. */
function withSecrets(this: unknown, key: string, value: unknown): unknown {
  const given = (this as Readonly<Record<string, unknown>>)[key];
  return isSecret(given) ? given.reveal() : value;
}

function encodeJson(doing: string, json: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(json);
    // Rare, and to look at every value of every body would cost each call.
    if (text?.includes(BOX)) text = JSON.stringify(json, withSecrets);
  } catch (error) {
    throw new OptionError(doing, [`json cannot be written: ${(error as Error).message}`]);
  }
  if (text === undefined) throw new OptionError(doing, [`json is a ${typeof json}, which JSON does not have`]);
  return text;
}

function givenBody(doing: string, body: BodyInput): BuiltBody {
  if (typeof body === 'string') return { body, contentType: 'text/plain;charset=UTF-8', once: false };
  if (body instanceof Uint8Array) return { body, contentType: 'application/octet-stream', once: false };
  const contentType = 'application/octet-stream';
  if (typeof body === 'function') return { body, contentType, once: false };
  let used = false;
  let failure: unknown;
  const only = (): Readable => {
    if (used)
      throw new HttpBodyUsedError(`${doing} was to be sent again, but its body is a stream that is used up`, failure);
    used = true;
    body.once('error', error => {
      failure = error;
    });
    return body;
  };
  return { body: only, contentType, once: true };
}
