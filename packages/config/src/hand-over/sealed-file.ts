/** A file that only those can read who are told its key: a configuration may hold credentials that came from the environment. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/** In one step: whoever reads meanwhile gets the old file or the new one. */
export function writeSealed(path: string, key: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, Buffer.from(key, 'base64'), nonce);
  const body = [cipher.update(text, 'utf8'), cipher.final()];
  const temporary = `${path}.${process.pid}.new`;
  try {
    writeFileSync(temporary, Buffer.concat([nonce, cipher.getAuthTag(), ...body]), { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** @throws if the key is another one, or a byte was changed. */
export function openSealed(sealed: Buffer, key: string): string {
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, Buffer.from(key, 'base64'), nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, tagEnd));
  return decipher.update(sealed.subarray(tagEnd), undefined, 'utf8') + decipher.final('utf8');
}
