/** Zip files and folders for tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZipReader } from '../zip/zip-reader.ts';
import { ZipWriter } from '../zip/zip-writer.ts';

const FACTS = { changedAt: 0x5a215a21, madeBy: 0x033f, attributes: (0o100644 << 16) >>> 0 };

export type Contents = Readonly<Record<string, string | Buffer>>;

/** @param method 8 deflated, 0 stored */
export function writeZip(path: string, contents: Contents, method = 8): string {
  const zip = new ZipWriter(path, 0o640);
  for (const [name, content] of Object.entries(contents)) zip.bytes(name, Buffer.from(content), { ...FACTS, method });
  zip.end();
  return path;
}

export function readZip(path: string): Record<string, Buffer> {
  const zip = new ZipReader(path);
  try {
    return Object.fromEntries(zip.members.map(member => [member.name, zip.bytes(member)]));
  } finally {
    zip.close();
  }
}

/** A folder that is gone when the test file has ended; the caller removes it. */
export function temporaryFolder(): { path: string; remove(): void; at(...parts: string[]): string } {
  const path = mkdtempSync(join(tmpdir(), 'qh-artifacts-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }), at: (...parts) => join(path, ...parts) };
}
