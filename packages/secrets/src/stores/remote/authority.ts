/** Certificates of an authority of one's own, beside those that Node knows. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { SecretError } from '@quality-hub/protocol';

/** For the option `ca` of a connection; nothing where there is no file. @throws {SecretError} (`QH_SECRET_UNREACHABLE`) */
export async function authorityOf(caFile: string | undefined, folder = ''): Promise<{ readonly ca?: string[] }> {
  if (caFile === undefined) return {};
  try {
    return { ca: [...rootCertificates, await readFile(resolve(folder, caFile), 'utf8')] };
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new SecretError(
      'QH_SECRET_UNREACHABLE',
      `The certificates in ${caFile} cannot be read (${code})`,
      'Correct caFile',
      cause,
    );
  }
}
