/** Reads and writes keys and values, with versions (KV 2) and without (KV 1). */
import { SecretError, type SecretVersion, type StoredSecret } from '@quality-hub/protocol';
import type { Mounted } from './mounts.ts';
import type { VaultBody } from './vault-client.ts';
import { isRefused, VaultRefusal } from './vault-errors.ts';
import { encodeVaultPath } from './vault-path.ts';

/** Asks with our token, and once more with a new one. */
export interface VaultCalls {
  read(path: string, signal: AbortSignal): Promise<VaultBody>;
  write(path: string, body: unknown, signal: AbortSignal): Promise<VaultBody>;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
}

interface VersionMetadata {
  readonly created_time: string;
  /** Empty, or when it ends, which may be in the time to come. */
  readonly deletion_time: string;
  readonly destroyed: boolean;
}

type Numbered = VersionMetadata & { readonly version: number };

const at = ({ mount, rest }: Mounted, part: string): string =>
  `${encodeVaultPath(mount)}/${part}/${encodeVaultPath(rest)}`;
const shown = ({ mount, rest }: Mounted): string => `${mount}/${rest}`;

export async function readPlain(
  calls: VaultCalls,
  mounted: Mounted,
  version: string | undefined,
  signal: AbortSignal,
): Promise<StoredSecret> {
  if (version !== undefined) throw noVersions(mounted, version);
  const { data } = await calls.read(`${encodeVaultPath(mounted.mount)}/${encodeVaultPath(mounted.rest)}`, signal);
  return { value: data ?? {} };
}

export function noVersions(mounted: Mounted, version: string): SecretError {
  return new SecretError(
    'QH_SECRET_VERSION',
    `${shown(mounted)} has no versions, and ${version} was asked for`,
    'Leave the version away, or keep it in an engine kv of version 2',
  );
}

export async function readVersioned(
  calls: VaultCalls,
  mounted: Mounted,
  version: string | undefined,
  signal: AbortSignal,
): Promise<StoredSecret> {
  if (version === 'previous') return readPrevious(calls, mounted, signal);
  if (version !== undefined && !/^[1-9]\d*$/.test(version)) {
    throw new SecretError(
      'QH_SECRET_VERSION',
      `${shown(mounted)} has no version ${version}: versions in Vault are numbers`,
      'Write a number, or previous',
    );
  }
  const query = version === undefined ? '' : `?version=${version}`;
  try {
    const { data } = await calls.read(`${at(mounted, 'data')}${query}`, signal);
    const { data: value, metadata } = data as unknown as {
      data: Readonly<Record<string, unknown>>;
      metadata: Numbered;
    };
    return { value, ...describe(metadata) };
  } catch (error) {
    throw isRefused(error, 404) ? await whatIsMissing(calls, mounted, version, error, signal) : error;
  }
}

function describe({ version, created_time: createdAt, deletion_time: endsAt }: Numbered): Omit<StoredSecret, 'value'> {
  const expires = endsAt === '' ? {} : { expiresAt: asIso(endsAt) };
  return { version: String(version), createdAt: asIso(createdAt), ...expires };
}

/** The newest below the current one that is still there. Who may not read the list gets the number below. */
async function readPrevious(calls: VaultCalls, mounted: Mounted, signal: AbortSignal): Promise<StoredSecret> {
  let before: string | undefined;
  try {
    before = (await versionsOf(calls, mounted, signal)).find(({ stage }) => stage === 'previous')?.version;
  } catch (error) {
    if (!isRefused(error, 403)) throw error;
    const { version } = await readVersioned(calls, mounted, undefined, signal);
    before = Number(version) > 1 ? String(Number(version) - 1) : undefined;
  }
  if (before !== undefined) return readVersioned(calls, mounted, before, signal);
  throw new SecretError(
    'QH_SECRET_VERSION',
    `${shown(mounted)} has no version before the current one`,
    'It was never changed, or the older ones are deleted',
  );
}

/** A version that is gone comes with its metadata; what never was comes with nothing. */
async function whatIsMissing(
  calls: VaultCalls,
  mounted: Mounted,
  version: string | undefined,
  error: VaultRefusal,
  signal: AbortSignal,
): Promise<unknown> {
  const { metadata } = (error.data ?? {}) as { metadata?: Numbered };
  if (metadata !== undefined) {
    const { destroyed, deletion_time: deletedAt, version: number } = metadata;
    return new SecretError(
      'QH_SECRET_REVOKED',
      `Version ${number} of ${shown(mounted)} ${destroyed ? 'was destroyed' : `was deleted at ${asIso(deletedAt)}`}`,
      destroyed
        ? 'Its value is gone: write a new one'
        : `Bring it back with \`vault kv undelete -versions=${number}\`, or write a new one`,
      error,
    );
  }
  if (version === undefined) return error;
  const there = await versionsOf(calls, mounted, signal).catch(() => undefined);
  if (there === undefined) return error;
  return new SecretError(
    'QH_SECRET_VERSION',
    `${shown(mounted)} has no version ${version}`,
    `It has ${there.map(each => each.version).join(', ')}`,
    error,
  );
}

export async function versionsOf(
  calls: VaultCalls,
  mounted: Mounted,
  signal: AbortSignal,
): Promise<readonly SecretVersion[]> {
  if (mounted.engine !== 'kv2') {
    await readPlain(calls, mounted, undefined, signal);
    return [{ version: '1', stage: 'current' }];
  }
  const { data } = await calls.read(at(mounted, 'metadata'), signal);
  const { versions, current_version: current } = data as unknown as {
    versions: Readonly<Record<string, VersionMetadata>>;
    current_version: number;
  };
  const now = calls.now();
  const alive = Object.entries(versions)
    .filter(([, { destroyed, deletion_time: endsAt }]) => !destroyed && (endsAt === '' || Date.parse(endsAt) > now))
    .map(([version, { created_time: createdAt }]) => ({ version, createdAt: asIso(createdAt) }))
    .sort((a, b) => Number(b.version) - Number(a.version));
  const previous = alive.find(({ version }) => Number(version) < current)?.version;
  return alive.map(each => ({
    ...each,
    stage: Number(each.version) === current ? 'current' : each.version === previous ? 'previous' : 'older',
  }));
}

export async function writeKeys(
  calls: VaultCalls,
  mounted: Mounted,
  value: StoredSecret['value'],
  signal: AbortSignal,
): Promise<SecretVersion> {
  if (typeof value === 'string') {
    throw new SecretError(
      'QH_SECRET_INVALID',
      `${shown(mounted)} was to be a text, and Vault keeps keys with values`,
      'Give an object, such as { value: … }, and refer to it with #value',
    );
  }
  if (mounted.engine === 'kv1') {
    await calls.write(`${encodeVaultPath(mounted.mount)}/${encodeVaultPath(mounted.rest)}`, value, signal);
    return { version: '1', stage: 'current' };
  }
  const path = at(mounted, 'data');
  const written = await calls.write(path, { data: value }, signal).catch(async (error: unknown) => {
    if (!(error instanceof VaultRefusal) || !/check-and-set parameter required/.test(error.message)) throw error;
    const cas = await currentOf(calls, mounted, signal);
    return calls.write(path, { data: value, options: { cas } }, signal);
  });
  const { version, created_time: createdAt } = written.data as unknown as Numbered;
  return { version: String(version), createdAt: asIso(createdAt), stage: 'current' };
}

async function currentOf(calls: VaultCalls, mounted: Mounted, signal: AbortSignal): Promise<number> {
  try {
    const { data } = await calls.read(at(mounted, 'metadata'), signal);
    return Number(data?.current_version ?? 0);
  } catch (error) {
    if (isRefused(error, 404)) return 0;
    throw error;
  }
}

/** Vault writes nanoseconds. */
function asIso(time: string): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? time : new Date(ms).toISOString();
}
