/** Puts two records together that know each other, or many of them. */

import { RecordError } from '../errors.ts';
import type { Order } from '../factory/builder.ts';
import { targetOf } from '../factory/builder.ts';
import type { Link } from '../factory/definition.ts';
import type { LinksTo, ManyToMany } from '../factory/relations.ts';
import { brokenRules } from '../rules/rule.ts';
import { checkAgainst } from '../rules/schema-problems.ts';
import { keyOf } from './ledger-text.ts';
import type { MakeOptions, Maker } from './maker.ts';
import { linkKind } from './record-kinds.ts';
import { wasRefused } from './refusal.ts';

interface Pair {
  readonly order: Order;
  readonly record: object;
  readonly name: string;
  readonly relation: LinksTo | ManyToMany;
  readonly other: object;
}

const NEVER = new AbortController().signal;

/** The record as it is afterwards. */
export async function linkRecords(
  maker: Maker,
  { order, record, name, relation, other }: Pair,
  { signal = NEVER, open = maker.options.open }: MakeOptions,
): Promise<object> {
  const { parts } = order;
  const target = targetOf(relation.target).parts;
  const links = parts.definition.links as Readonly<Record<string, Link<object, object, object>>>;
  const { link, unlink } = links[name] as Link<object, object, object>;
  const context = await open(undefined, signal);
  const entry = unlink && (await intend());
  let answer: unknown;
  try {
    answer = await link(record, other, context);
  } catch (error) {
    if (entry && (await wasRefused(error))) await entry.ledger.gone(entry.id);
    throw error;
  }
  if (entry) await entry.ledger.made(entry.id, entry.input);
  if (typeof answer !== 'object' || answer === null) return record;
  const checked = await checkAgainst(parts.definition.schema, answer);
  const problems =
    'problems' in checked ? checked.problems : brokenRules(checked.value as never, parts.definition.rules ?? []);
  if (problems.length > 0) {
    throw new RecordError(
      `What came back as "${parts.name}" with its ${name}`,
      problems,
      'Let link give back the record, or nothing',
    );
  }
  return (checked as { readonly value: object }).value;

  /** Without a key there is nothing to take apart by; both sides were checked for theirs. */
  async function intend() {
    const owners = keyOf(record, parts.keys);
    const others = keyOf(other, target.keys);
    if ('missing' in owners || 'missing' in others) return undefined;
    const ledger = await maker.options.ledger();
    const input = { owner: owners.key, other: others.key };
    const needs = [maker.entryOf(parts.name, record, parts.keys), maker.entryOf(target.name, other, target.keys)];
    const { id } = await ledger.intend({
      kind: linkKind(parts.name, name),
      version: parts.version,
      owner: maker.options.owner,
      input,
      needs: needs.filter(one => one !== undefined),
    });
    return { ledger, id, input };
  }
}
