/** The servers of the benchmark: those of the variables, else new ones that end with it. */

interface Started {
  readonly env: Readonly<Record<string, string>>;
  readonly missing: readonly { readonly name: string; readonly why: string }[];
  stop(): Promise<void>;
}

const SCRIPTS = new URL('../../../scripts/', import.meta.url);

export async function startServers(): Promise<{
  postgres: string;
  mariadb: string;
  redis: string;
  stop(): Promise<void>;
}> {
  const { startServers: start } = (await import(new URL('servers/start-servers.mjs', SCRIPTS).href)) as {
    startServers(places: unknown): Promise<Started>;
  };
  const { placesOf } = (await import(new URL('setup/places.mjs', SCRIPTS).href)) as { placesOf(): unknown };
  const started = await start(placesOf());
  const [missing] = started.missing;
  if (missing) throw new Error(`${missing.name}: ${missing.why}`);
  const urlOf = (name: string): string => process.env[name] ?? started.env[name] ?? '';
  const [postgres, mariadb, redis] = [urlOf('QH_POSTGRES_URL'), urlOf('QH_MARIADB_URL'), urlOf('QH_REDIS_URL')];
  return { postgres, mariadb, redis, stop: () => started.stop() };
}
