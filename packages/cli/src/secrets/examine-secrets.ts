/** `secrets doctor`: reads every secret of the configuration, and says what stands in the way. */
import { errorSentence, SecretError, type SecretErrorCode } from '@quality-hub/protocol';
import { openSection, type SecretFacts } from '@quality-hub/secrets';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { UsageError } from '../errors.ts';
import { plural } from '../terminal/words.ts';
import { wrap } from '../terminal/wrap.ts';
import { secretsHere } from './secrets-here.ts';

/** What stands in the way: how far a question came. */
type Obstacle = 'network' | 'certificate' | 'store' | 'sign-in' | 'permission' | 'path' | 'version' | 'value' | 'clock';

interface Examined {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly message: string;
  readonly obstacle?: Obstacle;
  readonly remedy?: string;
  readonly reference: string;
  readonly version?: string;
}

const OBSTACLES: Readonly<Record<SecretErrorCode, Obstacle>> = {
  QH_SECRET_AUTH: 'sign-in',
  QH_SECRET_DENIED: 'permission',
  QH_SECRET_EXPIRED: 'value',
  QH_SECRET_INVALID: 'value',
  QH_SECRET_NOT_FOUND: 'path',
  QH_SECRET_REFUSED: 'permission',
  QH_SECRET_REVOKED: 'value',
  QH_SECRET_SEALED: 'store',
  QH_SECRET_SKEW: 'clock',
  QH_SECRET_THROTTLED: 'store',
  QH_SECRET_UNREACHABLE: 'network',
  QH_SECRET_VERSION: 'version',
};
const NOT_TRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|^ERR_(?:TLS|SSL)/;
const SOON_MS = 7 * 24 * 60 * 60 * 1_000;

export async function examineSecrets(
  only: string | undefined,
  { options }: ParsedArguments,
  context: CommandContext,
): Promise<number> {
  const { terminal, env } = context;
  const { section, folder, configPath } = await secretsHere(context);
  if (configPath === undefined) {
    throw new UsageError('There is no configuration here', 'Go to the folder of quality-hub.config.ts');
  }
  const { secrets } = openSection(section, { folder, env });
  try {
    const names = only === undefined ? secrets.names : [only];
    const all = await Promise.all(
      names.map(async name => {
        try {
          await secrets.get(name);
          return wellRead(secrets.factsOf(name));
        } catch (error) {
          return notRead(name, secrets.names.includes(name) ? secrets.factsOf(name).reference : '', error);
        }
      }),
    );
    const stores = await secrets.health();
    if (options.json) terminal.out(JSON.stringify({ stores, secrets: all }, null, 2));
    else print(context, stores, all);
    return all.some(({ state }) => state === 'fail') ? 1 : 0;
  } finally {
    await secrets.close();
  }
}

function wellRead({ name, reference, version, createdAt, expiresAt }: SecretFacts): Examined {
  const isDefault = version === 'default';
  const endsMs = expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - Date.now();
  const age = createdAt === undefined ? '' : `, of ${createdAt.slice(0, 10)}`;
  const until = expiresAt === undefined ? '' : `, valid until ${expiresAt}`;
  const facts = { name, reference, ...(version === undefined || isDefault ? {} : { version }) };
  if (isDefault) {
    const message = `${name} is not in ${reference}, and the default of the configuration serves`;
    return { ...facts, state: 'warn', message, remedy: 'Put it there, where the default is not what you want' };
  }
  const message = `${name} is read from ${reference}${version === undefined ? '' : `, version ${version}`}${age}${until}`;
  if (endsMs > SOON_MS) return { ...facts, state: 'ok', message };
  return { ...facts, state: 'warn', message, remedy: 'Renew it before it ends' };
}

function notRead(name: string, reference: string, error: unknown): Examined {
  if (!(error instanceof SecretError)) throw error;
  const obstacle = obstacleOf(error);
  return {
    name,
    reference,
    state: 'fail',
    obstacle,
    message: `${name} cannot be read (${obstacle}): ${error.message}${causeOf(error)}`,
    ...(error.hint === undefined ? {} : { remedy: error.hint }),
  };
}

/** A connection that was not trusted is no trouble of the network, and neither is a file. */
function obstacleOf(error: SecretError): Obstacle {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (NOT_TRUSTED.test(String(code))) return 'certificate';
    if (code === 'ENOENT') return 'path';
    if (code === 'EACCES' || code === 'EPERM') return 'permission';
  }
  return OBSTACLES[error.code];
}

function causeOf({ message, cause }: SecretError): string {
  if (!(cause instanceof Error) || cause.name === 'TimeoutError') return '';
  const { code } = cause as NodeJS.ErrnoException;
  return code !== undefined && message.includes(code) ? '' : ` (${errorSentence(cause)})`;
}

const STYLES = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

type Stores = Readonly<Record<string, { readonly state: string; readonly detail?: string }>>;

function print({ terminal }: CommandContext, stores: Stores, all: readonly Examined[]): void {
  const { out, paint, width } = terminal;
  for (const [name, { state, detail }] of Object.entries(stores)) {
    const style = state === 'healthy' ? 'ok' : 'fail';
    const message = `The store ${name} is ${state}${detail === undefined ? '' : `: ${detail}`}.`;
    for (const line of wrap(message, width, `${paint(STYLES[style], style.padEnd(4))}  `)) out(line);
  }
  for (const { state, message, remedy } of all) {
    for (const line of wrap(`${message}.`, width, `${paint(STYLES[state], state.padEnd(4))}  `)) out(line);
    if (remedy) for (const line of wrap(`${remedy}.`, width, `      ${paint('dim', '→')} `)) out(line);
  }
  const failed = all.filter(({ state }) => state === 'fail').length;
  out(paint('bold', `${plural(all.length, 'secret')}: ${all.length - failed} can be read, ${failed} cannot`));
}
