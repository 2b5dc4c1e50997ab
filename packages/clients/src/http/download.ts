/** Takes an answer's body to a file without holding it in memory. */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isQualityHubError } from '@quality-hub/protocol';
import type { HttpResponse } from './answer/http-response.ts';
import { networkCodeOf, networkError } from './transport/network-error.ts';

export interface Downloaded {
  readonly path: string;
  readonly sizeBytes: number;
  readonly contentType: string | undefined;
}

/**
 * The file appears under its name when it is whole: until then it has another one, which is removed when the download fails.
 */
export async function saveTo(path: string, response: HttpResponse, signal: AbortSignal): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const part = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.part`);
  const file = createWriteStream(part, { flags: 'wx' });
  try {
    await pipeline(response.stream(), file, { signal });
    await rename(part, path);
    return file.bytesWritten;
  } catch (error) {
    await rm(part, { force: true });
    signal.throwIfAborted();
    if (isQualityHubError(error) || !isOfNetwork(error)) throw error;
    const { origin } = new URL(response.url);
    throw networkError(error, { method: 'the download', origin, unsent: false });
  }
}

/** A disk that is full is no failure of the network. */
function isOfNetwork(error: unknown): boolean {
  return /^(?:UND_|ECONN|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE|HPE_)/.test(networkCodeOf(error));
}
