/** Evidence that a test has given is kept once, in its order, also when its worker or its runner died right after it. */

import { namesOf } from './check-outcomes.ts';
import type { KeptRun } from './kept-run.ts';
import { attemptName, type Truth } from './truth.ts';

/** A worker may die between giving a piece of evidence and telling the truth of it: then one more is kept. */
export function checkEvidence(truth: Truth, kept: KeptRun): string[] {
  const broken: string[] = [];
  const facts = keptFacts(kept);
  for (const name of new Set([...truth.evidence.keys(), ...facts.keys()])) {
    const given = truth.evidence.get(name) ?? [];
    const found = facts.get(name) ?? [];
    const oneMore = truth.done.has(name) ? [] : [given.length + 1];
    const possible = [given, [...given, ...oneMore]].map(numbers => numbers.join());
    if (!possible.includes(found.join()))
      broken.push(`${name} gave the evidence ${given.join() || 'none'}, kept is ${found.join() || 'none'}`);
  }
  const numbers = kept.evidence.map(({ record }) => `${record.writer} ${record.seq}`);
  if (new Set(numbers).size !== numbers.length) broken.push('a piece of evidence is kept twice');
  return broken;
}

/** Numbers of the kept facts in the order of their writing, by attempt. */
function keptFacts({ events, evidence }: KeptRun): Map<string, number[]> {
  const names = namesOf(events);
  const facts = new Map<string, number[]>();
  const ordered = [...evidence].sort((a, b) => a.record.seq - b.record.seq);
  for (const { test, retry, record } of ordered) {
    // Under load there is evidence of other names, and no truth of it.
    if (record.evidence.kind !== 'note' || !record.evidence.name.startsWith('fact ')) continue;
    const name = attemptName({ test: names.get(test) ?? test, retry });
    facts.set(name, [...(facts.get(name) ?? []), Number(record.evidence.name.replace('fact ', ''))]);
  }
  return facts;
}
