/** `secrets rotate`: gives secrets new values, as the configuration says how often, and how they are made. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ConfigError, checkSections, schemaNodeOf } from '@quality-hub/config';
import { errorSentence, isQualityHubError } from '@quality-hub/protocol';
import {
  AuditTrail,
  type NewVersion,
  openSection,
  type RotationPlan,
  rotationPlan,
  type Secrets,
} from '@quality-hub/secrets';
import { findHubFolder, hubFolderFor } from '@quality-hub/telemetry';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { didYouMean } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';
import { AUDIT_FOLDER } from '../hub-access/hub-folder.ts';
import { plural } from '../terminal/words.ts';
import { wrap } from '../terminal/wrap.ts';
import { type SecretsHere, secretsHere } from './secrets-here.ts';

interface Outcome {
  readonly name: string;
  /** `due`: it would be rotated, without `--dry-run`. */
  readonly state: 'rotated' | 'due' | 'young' | 'failed';
  readonly message: string;
  readonly version?: string;
  readonly remedy?: string;
}

type Planned = RotationPlan & { readonly name: string };

export async function rotateSecrets(
  given: readonly string[],
  { options }: ParsedArguments,
  context: CommandContext,
): Promise<number> {
  const here = await secretsHere(context);
  await check(here);
  const { secrets } = openSection(here.section, { folder: here.folder, env: context.env });
  try {
    const names = chosenNames(given, options.due === true, here);
    const outcomes: Outcome[] = [];
    const planned: Planned[] = [];
    for (const name of names) {
      const found = await planOf(secrets, name);
      if ('message' in found) outcomes.push(found);
      else planned.push(found);
    }
    const trail = trailFor(here, context);
    for (const group of secrets.byPath(planned.map(({ name }) => name))) {
      const plans = planned.filter(({ name }) => group.includes(name));
      outcomes.push(...(await rotated(secrets, plans, { ...switches(options), trail })));
    }
    const sorted = names.flatMap(name => outcomes.filter(outcome => outcome.name === name));
    if (options.json) context.terminal.out(JSON.stringify({ secrets: sorted }, null, 2));
    else print(context, sorted);
    return sorted.some(({ state }) => state === 'failed') ? 1 : 0;
  } finally {
    await secrets.close();
  }
}

/** What is written cannot be taken back: a schedule that is none has to be told before. */
async function check({ section, configPath }: SecretsHere): Promise<void> {
  if (configPath === undefined)
    throw new UsageError('There is no configuration here', 'Go to the folder of quality-hub.config.ts');
  const { secretsSchema } = await import('@quality-hub/secrets/schema');
  const nodes = { secrets: await schemaNodeOf(secretsSchema) };
  const problems = checkSections({ secrets: section }, { secrets: secretsSchema }, { nodes });
  if (problems.length > 0) throw new ConfigError(configPath, problems);
}

/** @throws {UsageError} where it is not said which ones, and for a name that has no schedule. */
function chosenNames(given: readonly string[], isDue: boolean, { section }: SecretsHere): readonly string[] {
  const scheduled = Object.entries(section.refs ?? {}).flatMap(([name, ref]) =>
    typeof ref === 'string' || ref.rotate === undefined ? [] : [name],
  );
  if (given.length === 0 && !isDue)
    throw new UsageError('quality-hub secrets rotate needs to be told which secrets', 'Name them, or say --due');
  const wrong = given.find(name => !scheduled.includes(name));
  if (wrong === undefined) return given.length === 0 ? scheduled : [...new Set(given)];
  const isThere = Object.hasOwn(section.refs ?? {}, wrong);
  throw new UsageError(
    isThere
      ? `The secret ${wrong} has no rotate in the configuration`
      : `There is no secret ${wrong} in the configuration${didYouMean(wrong, scheduled)}`,
    isThere ? `Say how often: ${wrong}: { ref: …, rotate: { everyDays: 30 } }` : 'Name one of secrets.refs',
  );
}

async function planOf(secrets: Secrets, name: string): Promise<Planned | Outcome> {
  try {
    await secrets.get(name);
    return { name, ...(rotationPlan(secrets.factsOf(name), Date.now()) as RotationPlan) };
  } catch (error) {
    return failed(name, error);
  }
}

interface Switches {
  readonly isDue: boolean;
  readonly isDry: boolean;
  readonly trail?: AuditTrail;
}

function switches({ due, 'dry-run': dry }: ParsedArguments['options']): Switches {
  return { isDue: due === true, isDry: dry === true };
}

/** Of one path: when the time of one has come, all get new values, because writing makes all of them young. */
async function rotated(
  secrets: Secrets,
  plans: readonly Planned[],
  { isDue, isDry, trail }: Switches,
): Promise<readonly Outcome[]> {
  const names = plans.map(({ name }) => name);
  if (isDue && plans.every(({ state }) => state !== 'due')) return plans.map(notDue);
  if (isDry)
    return plans.map(plan => ({ name: plan.name, state: 'due', message: `would get a new value: ${age(plan)}` }));
  let written: readonly NewVersion[];
  try {
    written = await secrets.rotateScheduled(names);
  } catch (error) {
    return names.map(name => failed(name, error));
  }
  return written.map(({ name, version, keepsPrevious }) => {
    const { reference, store } = secrets.factsOf(name);
    const before = keepsPrevious ? `is ${reference}@previous` : 'is gone, its store keeps one alone';
    const message = `has a new value in ${reference}, as version ${version}; the one before ${before}`;
    try {
      trail?.add({ action: 'written', name, store, version, by: 'quality-hub secrets rotate', why: 'rotation' });
      return { name, state: 'rotated', version, message };
    } catch (error) {
      const untold = `${message}. The audit trail does not tell it: ${errorSentence(error)}`;
      return { name, state: 'failed', version, message: untold };
    }
  });
}

function notDue(plan: Planned): Outcome {
  const { name, state } = plan;
  if (state === 'young') return { name, state, message: `stays: ${age(plan)}` };
  const remedy = 'Rotate it by its name, or keep it where the store tells';
  return { name, state: 'failed', message: 'may be due: its store does not tell how old it is', remedy };
}

function age({ ageDays, everyDays }: Planned): string {
  const is = ageDays === undefined ? 'its store does not tell its age' : `it is ${plural(ageDays, 'day')} old`;
  return `${is}, and is rotated every ${plural(everyDays, 'day')}`;
}

function failed(name: string, error: unknown): Outcome {
  const remedy = isQualityHubError(error) ? error.hint : undefined;
  const message = `was not rotated: ${error instanceof Error ? error.message : String(error)}`;
  return { name, state: 'failed', message, ...(remedy === undefined ? {} : { remedy }) };
}

/** A run of its own, so that its file is nobody else's. Made with its first line. */
function trailFor({ folder }: SecretsHere, { cwd, env }: CommandContext): AuditTrail {
  const hub = findHubFolder(cwd, env) ?? hubFolderFor(folder, env);
  const runId = `rotation-${randomUUID()}`;
  return new AuditTrail({ path: join(hub.path, AUDIT_FOLDER, runId, `${runId}.jsonl`), runId, writer: runId });
}

const STYLES = { rotated: 'green', due: 'yellow', young: 'dim', failed: 'red' } as const;
const WORDS = { rotated: 'ok', due: 'due', young: 'ok', failed: 'fail' } as const;

function print({ terminal }: CommandContext, outcomes: readonly Outcome[]): void {
  const { out, paint, width } = terminal;
  for (const { name, state, message, remedy } of outcomes) {
    for (const line of wrap(`${name} ${message}.`, width, `${paint(STYLES[state], WORDS[state].padEnd(4))}  `))
      out(line);
    if (remedy) for (const line of wrap(`${remedy}.`, width, `      ${paint('dim', '→')} `)) out(line);
  }
  const count = (state: Outcome['state']): number => outcomes.filter(one => one.state === state).length;
  const due = count('due') > 0 ? `${count('due')} would be rotated` : `${count('rotated')} rotated`;
  out(
    paint('bold', `${plural(outcomes.length, 'secret')}: ${due}, ${count('young')} not due, ${count('failed')} failed`),
  );
}
