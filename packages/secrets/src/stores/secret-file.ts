/** The encrypted file itself: names in clear, so that a change can be reviewed; values encrypted one by one. */
import { readFile } from 'node:fs/promises';
import { SecretError, type StoredSecret } from '@quality-hub/protocol';
import { replaceFile } from '@quality-hub/telemetry';
import { decrypt, encrypt, keyOfPassphrase, newScryptParameters, type ScryptParameters } from './file-cipher.ts';

/** What opens a file: a passphrase, or 32 bytes as base64. */
export type FileKey = { readonly passphrase: string } | { readonly key: string };

interface KeptVersion {
  readonly version: number;
  readonly createdAt: string;
  /** Base64 of nonce, tag and text. */
  readonly sealed: string;
}

interface Content {
  readonly format: typeof FORMAT;
  /** Left out where the key is given as such. */
  readonly scrypt?: ScryptParameters;
  /** A known text: tells a wrong key from a damaged value. */
  readonly check: string;
  /** The newest version first. */
  readonly secrets: Readonly<Record<string, readonly KeptVersion[]>>;
}

const FORMAT = 'quality-hub-secrets/1';
const CHECK = 'quality-hub';
/** Versions that are kept of each secret: the current one and the one before. */
const KEPT_VERSIONS = 2;

export interface FileVersion extends Required<Pick<StoredSecret, 'version' | 'createdAt'>> {
  readonly value: StoredSecret['value'];
}

export class SecretFile {
  readonly #path: string;
  readonly #key: Buffer;
  readonly #content: Content;

  private constructor(path: string, key: Buffer, content: Content) {
    this.#path = path;
    this.#key = key;
    this.#content = content;
  }

  /** @throws {SecretError} `_UNREACHABLE` where the file cannot be read, `_INVALID` where it is none, `_AUTH` where the key is wrong. */
  static async open(path: string, fileKey: FileKey): Promise<SecretFile> {
    const content = await read(path);
    const key = await keyFor(path, fileKey, content.scrypt);
    try {
      if (decrypt(key, 'check', content.check) === CHECK) return new SecretFile(path, key, content);
    } catch {
      // A key that does not fit.
    }
    throw new SecretError(
      'QH_SECRET_AUTH',
      `${path} cannot be opened with this key`,
      'Give the passphrase or the key file that it was made with',
    );
  }

  /** A new, empty file. @throws what the file system says. */
  static async create(path: string, fileKey: FileKey): Promise<SecretFile> {
    const parameters = 'passphrase' in fileKey ? newScryptParameters() : undefined;
    const key = await keyFor(path, fileKey, parameters);
    const content: Content = {
      format: FORMAT,
      ...(parameters === undefined ? {} : { scrypt: parameters }),
      check: encrypt(key, 'check', CHECK),
      secrets: {},
    };
    const file = new SecretFile(path, key, content);
    file.#save(content);
    return file;
  }

  get names(): readonly string[] {
    return Object.keys(this.#content.secrets);
  }

  /** The newest first. */
  versions(name: string): readonly Omit<FileVersion, 'value'>[] {
    return this.#kept(name).map(({ version, createdAt }) => ({
      version: String(version),
      createdAt,
    }));
  }

  /** @throws {SecretError} `_INVALID` where the value was changed by somebody without the key. */
  value(name: string, version: string): StoredSecret['value'] {
    const kept = this.#kept(name).find(one => String(one.version) === version);
    try {
      return JSON.parse(decrypt(this.#key, bound(name, Number(version)), kept?.sealed ?? '')) as StoredSecret['value'];
    } catch (cause) {
      throw new SecretError(
        'QH_SECRET_INVALID',
        `${this.#path} holds something for ${name} that its key did not write`,
        'Restore the file from version control',
        cause,
      );
    }
  }

  /** Writes a new version; the one before is kept. */
  with(name: string, value: StoredSecret['value'], now: Date): SecretFile {
    const before = this.#kept(name);
    const version = (before[0]?.version ?? 0) + 1;
    const sealed = encrypt(this.#key, bound(name, version), JSON.stringify(value));
    const kept = [{ version, createdAt: now.toISOString(), sealed }, ...before].slice(0, KEPT_VERSIONS);
    return this.#saved({ ...this.#content, secrets: sorted({ ...this.#content.secrets, [name]: kept }) });
  }

  without(name: string): SecretFile {
    const { [name]: _, ...secrets } = this.#content.secrets;
    return this.#saved({ ...this.#content, secrets });
  }

  /** The same values under another key. The old key opens the file no longer; older copies of it, it still does. */
  async withKey(fileKey: FileKey): Promise<SecretFile> {
    const parameters = 'passphrase' in fileKey ? newScryptParameters() : undefined;
    const key = await keyFor(this.#path, fileKey, parameters);
    const secrets = Object.fromEntries(
      Object.entries(this.#content.secrets).map(([name, versions]) => [
        name,
        versions.map(kept => ({
          ...kept,
          sealed: encrypt(key, bound(name, kept.version), JSON.stringify(this.value(name, String(kept.version)))),
        })),
      ]),
    );
    const content: Content = {
      format: FORMAT,
      ...(parameters === undefined ? {} : { scrypt: parameters }),
      check: encrypt(key, 'check', CHECK),
      secrets,
    };
    const file = new SecretFile(this.#path, key, content);
    file.#save(content);
    return file;
  }

  /** `constructor` is in every object, and no secret. */
  #kept(name: string): Content['secrets'][string] {
    const { secrets } = this.#content;
    return Object.hasOwn(secrets, name) ? (secrets[name] ?? []) : [];
  }

  #saved(content: Content): SecretFile {
    this.#save(content);
    return new SecretFile(this.#path, this.#key, content);
  }

  /** What is written beside the file on the way is encrypted as well. */
  #save(content: Content): void {
    replaceFile(this.#path, `${JSON.stringify(content, null, 2)}\n`, 0o600);
  }
}

function bound(name: string, version: number): string {
  return `${name}@${version}`;
}

function sorted<T>(all: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function read(path: string): Promise<Content> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new SecretError(
      'QH_SECRET_UNREACHABLE',
      `${path} cannot be read (${code})`,
      code === 'ENOENT' ? 'Make it with `quality-hub secrets set`, or correct the path' : 'Give read access to it',
      cause,
    );
  }
  try {
    const content = JSON.parse(text) as Content;
    if (content.format === FORMAT) return content;
  } catch {
    // No JSON at all.
  }
  throw new SecretError(
    'QH_SECRET_INVALID',
    `${path} is no file of secrets (${FORMAT})`,
    'Restore it from version control, or correct the path',
  );
}

async function keyFor(path: string, fileKey: FileKey, parameters: ScryptParameters | undefined): Promise<Buffer> {
  if ('passphrase' in fileKey && parameters !== undefined) return keyOfPassphrase(fileKey.passphrase, parameters);
  if ('passphrase' in fileKey)
    throw new SecretError('QH_SECRET_AUTH', `${path} was made with a key, not with a passphrase`, 'Give the key');
  if (parameters !== undefined)
    throw new SecretError(
      'QH_SECRET_AUTH',
      `${path} was made with a passphrase, not with a key`,
      'Give the passphrase',
    );
  const key = Buffer.from(fileKey.key, 'base64');
  if (key.length === 32) return key;
  throw new SecretError(
    'QH_SECRET_AUTH',
    `The key of ${path} has ${key.length} bytes, expected 32 as base64`,
    'Make one with `openssl rand -base64 32`',
  );
}
