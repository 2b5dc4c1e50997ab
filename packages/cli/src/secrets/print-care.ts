/** What `secrets doctor` says besides: who owns a secret, who used it last, and what nobody looks after. */
import type { UseTold } from '@quality-hub/secrets';
import type { Terminal } from '../terminal/terminal.ts';
import { wrap } from '../terminal/wrap.ts';
import type { Examined } from './examine-secrets.ts';

/** One line below the secret, where anything is known. */
export function printUse({ out, paint, width }: Terminal, { owner, lastUses }: Examined): void {
  const told = [
    ...(owner === undefined ? [] : [`owner ${owner}`]),
    ...(lastUses?.used === undefined ? [] : [`last used ${when(lastUses.used)}`]),
    ...(lastUses?.failed === undefined ? [] : [`last failed ${when(lastUses.failed)}${reason(lastUses.failed)}`]),
  ];
  if (told.length === 0) return;
  for (const line of wrap(`${told.join('; ')}.`, width, '      ')) out(paint('dim', line));
}

/** Those without an owner in one line: in a suite that names none there are many. */
export function printCare({ out, paint, width }: Terminal, all: readonly Examined[]): void {
  const warn = (text: string): void => {
    for (const line of wrap(text, width, `${paint('yellow', 'warn')}  `)) out(line);
  };
  for (const { name, warnings } of all) {
    for (const { rule, message } of warnings) if (rule !== 'secret-without-owner') warn(`${name} ${message}.`);
  }
  const orphans = all.flatMap(({ name, warnings }) =>
    warnings.some(({ rule }) => rule === 'secret-without-owner') ? [name] : [],
  );
  if (orphans.length === 0) return;
  warn(`${orphans.join(', ')} ${orphans.length === 1 ? 'has' : 'have'} no owner.`);
  const [first = ''] = orphans;
  for (const line of wrap(
    `Say who looks after it: ${first}: { ref: …, owner: … }.`,
    width,
    `      ${paint('dim', '→')} `,
  ))
    out(line);
}

function when({ at, by }: UseTold): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC${by === undefined ? '' : ` by "${by}"`}`;
}

function reason({ why }: UseTold): string {
  return why === undefined ? '' : ` (${why})`;
}
