/** `secrets doctor`: reads every secret of the configuration, and says what stands in the way. */
import { join } from 'node:path';
import { errorSentence, SecretError, type SecretErrorCode } from '@quality-hub/protocol';
import {
  ageDaysOf,
  type CareFinding,
  careFindings,
  type LastUses,
  lastUses,
  openSection,
  ownerFindings,
  type SecretFacts,
} from '@quality-hub/secrets';
import { findHubFolder } from '@quality-hub/telemetry';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { UsageError } from '../errors.ts';
import { AUDIT_FOLDER } from '../hub-access/hub-folder.ts';
import { plural } from '../terminal/words.ts';
import { wrap } from '../terminal/wrap.ts';
import { printCare, printUse } from './print-care.ts';
import { secretsHere } from './secrets-here.ts';

/** What stands in the way: how far a question came. */
type Obstacle = 'network' | 'certificate' | 'store' | 'sign-in' | 'permission' | 'path' | 'version' | 'value' | 'clock';

export interface Examined {
  readonly name: string;
  /** Whether it can be read; what nobody looks after is in `warnings`. */
  readonly state: 'ok' | 'warn' | 'fail';
  readonly message: string;
  readonly obstacle?: Obstacle;
  readonly remedy?: string;
  readonly reference: string;
  readonly store?: string;
  readonly version?: string;
  readonly owner?: string;
  /** As its store tells. */
  readonly createdAt?: string;
  readonly ageDays?: number;
  readonly expiresAt?: string;
  /** As the audit trails of this machine tell. */
  readonly lastUses?: LastUses;
  readonly warnings: readonly Omit<CareFinding, 'secret'>[];
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
    const uses = await usesHere(context);
    const all = await Promise.all(
      names.map(async name => {
        const seen = uses.get(name);
        const known = seen === undefined ? {} : { lastUses: seen };
        try {
          await secrets.get(name);
          return { ...wellRead(secrets.factsOf(name), Date.now()), ...known };
        } catch (error) {
          return {
            ...notRead(name, secrets.names.includes(name) ? secrets.factsOf(name) : undefined, error),
            ...known,
          };
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

/** Nothing is known where no run was recorded. */
async function usesHere({ cwd, env }: CommandContext): Promise<ReadonlyMap<string, LastUses>> {
  const folder = findHubFolder(cwd, env);
  return folder === undefined ? new Map() : lastUses(join(folder.path, AUDIT_FOLDER));
}

function wellRead(read: SecretFacts, now: number): Examined {
  const { name, reference, version, createdAt, expiresAt } = read;
  const isDefault = version === 'default';
  const endsMs = expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - now;
  const age = createdAt === undefined ? '' : `, of ${createdAt.slice(0, 10)}`;
  const until = expiresAt === undefined ? '' : `, valid until ${expiresAt}`;
  const ageDays = ageDaysOf(read, now);
  const facts = {
    ...aboutOf(read),
    ...(version === undefined || isDefault ? {} : { version }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(ageDays === undefined ? {} : { ageDays }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    warnings: withoutName(careFindings(read, now)),
  };
  if (isDefault) {
    const message = `${name} is not in ${reference}, and the default of the configuration serves`;
    return { ...facts, state: 'warn', message, remedy: 'Put it there, where the default is not what you want' };
  }
  const message = `${name} is read from ${reference}${version === undefined ? '' : `, version ${version}`}${age}${until}`;
  if (endsMs > SOON_MS) return { ...facts, state: 'ok', message };
  return { ...facts, state: 'warn', message, remedy: 'Renew it before it ends' };
}

function notRead(name: string, facts: SecretFacts | undefined, error: unknown): Examined {
  if (!(error instanceof SecretError)) throw error;
  const obstacle = obstacleOf(error);
  return {
    ...(facts === undefined ? { name, reference: '' } : aboutOf(facts)),
    state: 'fail',
    obstacle,
    message: `${name} cannot be read (${obstacle}): ${error.message}${causeOf(error)}`,
    ...(error.hint === undefined ? {} : { remedy: error.hint }),
    warnings: facts === undefined ? [] : withoutName(ownerFindings(facts)),
  };
}

function aboutOf({
  name,
  reference,
  store,
  owner,
}: SecretFacts): Pick<Examined, 'name' | 'reference' | 'store' | 'owner'> {
  return { name, reference, store, ...(owner === undefined ? {} : { owner }) };
}

function withoutName(findings: readonly CareFinding[]): Examined['warnings'] {
  return findings.map(({ rule, message }) => ({ rule, message }));
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
  for (const examined of all) {
    const { state, message, remedy } = examined;
    for (const line of wrap(`${message}.`, width, `${paint(STYLES[state], state.padEnd(4))}  `)) out(line);
    if (remedy) for (const line of wrap(`${remedy}.`, width, `      ${paint('dim', '→')} `)) out(line);
    printUse(terminal, examined);
  }
  printCare(terminal, all);
  const failed = all.filter(({ state }) => state === 'fail').length;
  out(paint('bold', `${plural(all.length, 'secret')}: ${all.length - failed} can be read, ${failed} cannot`));
}
