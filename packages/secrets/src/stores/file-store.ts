/** Secrets in an encrypted file that lies in version control. */
import { closestName, SecretError, type SecretStore, type StoredSecret } from '@quality-hub/protocol';
import { fileStamp } from './file-stamp.ts';
import { type FileKey, SecretFile } from './secret-file.ts';

export interface FileStoreOptions {
  readonly path: string;
  /** Asked for once, at the first question. */
  readonly key: () => FileKey | Promise<FileKey>;
  /** Wall clock. @default the system's */
  readonly now?: () => Date;
}

/** A path is a name in the file; each has two versions, the current one and the one before. */
export function fileStore({ path, key, now = () => new Date() }: FileStoreOptions): SecretStore {
  let opened: Promise<SecretFile> | undefined;
  let openedAs: string | undefined;
  const open = async (): Promise<SecretFile> => {
    // Somebody else may have written it meanwhile: a worker, or `quality-hub secrets set`.
    const stamp = await fileStamp(path);
    if (stamp !== openedAs) opened = undefined;
    openedAs = stamp;
    opened ??= Promise.resolve(key())
      .then(fileKey => SecretFile.open(path, fileKey))
      .catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
    return opened;
  };
  const versionsOf = (file: SecretFile, name: string) => {
    const versions = file.versions(name);
    if (versions.length > 0) return versions;
    const close = closestName(name, file.names);
    throw new SecretError(
      'QH_SECRET_NOT_FOUND',
      `${path} has no secret ${name}`,
      close === undefined ? `Add it with \`quality-hub secrets set ${name}\`` : `Did you mean ${close}?`,
    );
  };
  return {
    kind: 'file',
    read: async (name, { version, signal }): Promise<StoredSecret> => {
      signal.throwIfAborted();
      const file = await open();
      const versions = versionsOf(file, name);
      const found =
        version === undefined
          ? versions[0]
          : version === 'previous'
            ? versions[1]
            : versions.find(one => one.version === version);
      if (found === undefined) {
        throw new SecretError(
          'QH_SECRET_VERSION',
          `${path} has no version ${version} of ${name}`,
          `It has ${versions.map(one => one.version).join(' and ')}`,
        );
      }
      return { value: file.value(name, found.version), ...found };
    },
    versions: async name =>
      versionsOf(await open(), name).map((one, index) => ({ ...one, stage: index === 0 ? 'current' : 'previous' })),
    write: async (name, value) => {
      const file = (await open()).with(name, value, now());
      opened = Promise.resolve(file);
      openedAs = await fileStamp(path);
      const [written] = file.versions(name);
      return { version: written?.version ?? '1', stage: 'current' };
    },
    health: async () => {
      try {
        await open();
        return { state: 'healthy' };
      } catch (error) {
        return { state: 'down', detail: error instanceof Error ? error.message : String(error) };
      }
    },
    close: async () => {
      opened = undefined;
    },
  };
}
