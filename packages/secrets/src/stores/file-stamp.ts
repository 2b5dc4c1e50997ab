/** Tells one state of a file from another. */
import { stat } from 'node:fs/promises';

/** Empty where there is no such file. A file that is replaced has another one, also within the same millisecond. */
export async function fileStamp(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino}.${size}.${mtimeNs}`;
  } catch {
    return '';
  }
}
