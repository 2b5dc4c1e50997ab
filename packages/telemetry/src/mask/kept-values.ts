/**
 * Keeps values that nothing but the run itself knows (options, `qhSecrets`), so that what it leaves behind can still be
 * masked when it is killed. They are encrypted beside the spools; the key is a file of its own, outside of the folder
 * that a CI job uploads.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { environmentSecrets } from './environment-secrets.ts';

const MASK_FOLDER = 'masks';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface KeptValuesPlace {
  /** Folder of the run's spool: the values lie in the same hub folder. */
  readonly spoolFolder: string;
  /** Folder of the keys. @default a folder of this user below the system's temporary one */
  readonly keys?: string;
}

export interface KeptValues {
  readonly values: readonly string[];
  /** Files whose key is not on this machine, or that are damaged. */
  readonly unreadable: number;
}

/**
 * Keeps those of `values` that `env` does not give by itself. Writes nothing where there are none.
 *
 * `shard` and `writer` name the process. Best effort: where a file cannot be written, nothing is kept.
 */
export function keepValues(
  place: KeptValuesPlace,
  { shard, writer, values, env }: { shard: number; writer: string; values: readonly string[]; env: NodeJS.ProcessEnv },
): void {
  if (values.length === 0) return;
  const given = new Set(environmentSecrets(env));
  const own = values.filter(value => !given.has(value));
  if (own.length === 0) return;
  try {
    const name = `${shard}.${writer}`;
    const key = randomBytes(KEY_BYTES);
    const [folder, keys] = [ownFolder(maskFolder(place)), ownFolder(place.keys ?? keyFolder())];
    writeOwn(join(keys, keyName(place, name)), key);
    writeOwn(join(folder, name), encrypt(key, name, JSON.stringify(own)));
  } catch {
    // The run is recorded and masked all the same; only what a killed run leaves will be masked with less.
  }
}

/** The values that the processes of a run have kept. */
export function readKeptValues(place: KeptValuesPlace): KeptValues {
  const values = new Set<string>();
  let unreadable = 0;
  for (const name of namesIn(maskFolder(place))) {
    try {
      const key = readFileSync(join(place.keys ?? keyFolder(), keyName(place, name)));
      const text = decrypt(key, name, readFileSync(join(maskFolder(place), name)));
      for (const value of JSON.parse(text) as string[]) values.add(value);
    } catch {
      unreadable++;
    }
  }
  return { values: [...values], unreadable };
}

/** Removes what a run has kept, or only one shard of it, and the keys. Never throws. */
export function forgetValues(place: KeptValuesPlace, shard?: number): void {
  const folder = maskFolder(place);
  for (const name of namesIn(folder)) {
    if (shard !== undefined && !name.startsWith(`${shard}.`)) continue;
    remove(join(place.keys ?? keyFolder(), keyName(place, name)));
    remove(join(folder, name));
  }
  if (namesIn(folder).length === 0) remove(folder);
}

function encrypt(key: Buffer, name: string, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(name));
  const sealed = [cipher.update(text, 'utf8'), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]);
}

/** @throws if the key is another one, or a byte was changed. */
function decrypt(key: Buffer, name: string, sealed: Buffer): string {
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(NONCE_BYTES, tagEnd));
  return decipher.update(sealed.subarray(tagEnd), undefined, 'utf8') + decipher.final('utf8');
}

function maskFolder({ spoolFolder }: KeptValuesPlace): string {
  return join(dirname(dirname(spoolFolder)), MASK_FOLDER, basename(spoolFolder));
}

function keyName({ spoolFolder }: KeptValuesPlace, name: string): string {
  return `${basename(spoolFolder)}.${name}`;
}

function keyFolder(): string {
  return join(tmpdir(), `quality-hub-keys-${process.getuid?.() ?? userInfo().username}`);
}

/** Makes the folder. @throws if it belongs to somebody else: the temporary folder is everybody's. */
function ownFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { uid } = lstatSync(path);
  if (!lstatSync(path).isDirectory() || (process.getuid && uid !== process.getuid()))
    throw new Error(`${path} is not ours`);
  chmodSync(path, 0o700);
  return path;
}

function writeOwn(path: string, bytes: Buffer): void {
  writeFileSync(path, bytes, { mode: 0o600 });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Read-only by now: what stays is encrypted, and of no use without the key.
  }
}
