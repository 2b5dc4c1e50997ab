/** Creates one record: intent, call, fact, check. */
import { errorSentence } from '@quality-hub/protocol';
import { RecordError, UnknownPartError } from '../errors.ts';
import type { Order } from '../factory/builder.ts';
import type { Create } from '../factory/definition.ts';
import { brokenRules } from '../rules/rule.ts';
import { checkAgainst } from '../rules/schema-problems.ts';
import type { Via } from './context.ts';
import { idOf, keyOf, plainJson } from './ledger-text.ts';
import type { MakeOptions, Maker } from './maker.ts';
import { wasRefused } from './refusal.ts';

const NEVER = new AbortController().signal;

/**
 * @throws {RecordError} (`QH_DATA_RECORD`) if what would be sent, or what came back, is not what the factory says.
 * @throws {UnknownPartError} (`QH_DATA_UNKNOWN`) if it cannot be created, or not in this way.
 */
export async function createRecord(
  maker: Maker,
  order: Order,
  parents: Readonly<Record<string, unknown>>,
  { via, signal = NEVER, open = maker.options.open }: MakeOptions,
): Promise<object> {
  const { parts } = order;
  const { definition, name, version } = parts;
  const { builder, owner, observe } = maker.options;
  const [way, create] = wayOf(order, via);
  const input = builder.buildOrder(order, parents) as Readonly<Record<string, unknown>>;
  await checkInput(order, input);
  const context = await open(way === '' ? undefined : way, signal);
  signal.throwIfAborted();
  // What nothing can remove is no business of the ledger.
  const ledger = definition.remove ? await maker.options.ledger() : undefined;
  const entry = await ledger?.intend({
    kind: name,
    version,
    owner,
    input: plainJson(input, definition.secret),
    needs: needsOf(maker, order, parents),
  });
  const beganAt = performance.now();
  let answer: unknown;
  try {
    answer = await create(input, context);
  } catch (error) {
    // An answer that got lost leaves the intent: whoever removes looks for the record.
    if (entry && (await wasRefused(error))) await ledger?.gone(entry.id);
    throw error;
  }
  const found = keyOf(answer, parts.keys);
  if ('missing' in found) {
    const fields = found.missing.map(field => ({ path: field, message: 'is missing: nothing names the record' }));
    throw new RecordError(`What came back as "${name}"`, fields, 'Let create give back the record, or say key: […]');
  }
  if (entry) {
    await ledger?.made(entry.id, found.key);
    maker.noteEntry(name, found.key, entry.id);
  }
  const durationMs = Math.round(performance.now() - beganAt);
  observe({
    kind: 'note',
    name: 'data.created',
    data: { record: name, key: found.key, durationMs, ...(way === '' ? {} : { via: way }) },
  });
  await maker.options.changed?.(name, idOf(found.key));
  const record = await checkedRecord(order, answer);
  // A schema may change the key: '5' to 5.
  const parsed = keyOf(record, parts.keys);
  if (entry && 'key' in parsed) maker.noteEntry(name, parsed.key, entry.id);
  await definition.afterCreate?.(record, context);
  return record;
}

function wayOf({ parts }: Order, via: Via | undefined): readonly [Via | '', Create<Readonly<Record<string, unknown>>>] {
  const ways = [...parts.ways];
  if (ways.length === 0) {
    throw new UnknownPartError(`"${parts.name}" cannot be created`, 'Give its factory a create, or build it instead');
  }
  const found = via === undefined ? ways[0] : ways.find(([way]) => way === via);
  if (found) return found;
  const names = ways.map(([way]) => way).filter(way => way !== '');
  throw new UnknownPartError(
    `"${parts.name}" cannot be created via ${via}`,
    names.length === 0
      ? 'Its create has no ways: write create: { api: …, db: … }'
      : `It can be via ${names.join(', ')}`,
  );
}

async function checkInput({ parts }: Order, input: object): Promise<void> {
  const { definition, name } = parts;
  if (definition.input === undefined) return;
  const checked = await checkAgainst(definition.input, input);
  if ('problems' in checked)
    throw new RecordError(
      `"${name}" would be sent as what it is not`,
      checked.problems,
      'Look at build, at traits and at what is given',
    );
}

/** Named by the schema and by the rules at once. */
async function checkedRecord({ parts }: Order, answer: unknown): Promise<object> {
  const { definition, name } = parts;
  const hint = 'The record is there, and is removed after the test. Either the service is wrong, or its schema here';
  let checked: Awaited<ReturnType<typeof checkAgainst>>;
  try {
    checked = await checkAgainst(definition.schema, answer);
  } catch (error) {
    throw new RecordError(`What came back as "${name}"`, [{ path: '', message: errorSentence(error) }], hint);
  }
  const problems =
    'problems' in checked ? checked.problems : brokenRules(checked.value as never, definition.rules ?? []);
  if (problems.length > 0) throw new RecordError(`What came back as "${name}"`, problems, hint);
  return (checked as { readonly value: object }).value;
}

/** Entries of the parents that were made by us: they are removed after this one. */
function needsOf(maker: Maker, { parts }: Order, parents: Readonly<Record<string, unknown>>): readonly string[] {
  return parts.parents.flatMap(({ name, relation }) => {
    const parent = parents[name];
    if (parent === undefined || parent === null) return [];
    return maker.entryOfTarget(relation.target, parent) ?? [];
  });
}
