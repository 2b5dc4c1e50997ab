/** Our reporter is in the list, and first: it masks what later reporters copy, and no other can keep it from its end. */
import { sep } from 'node:path';
import type { CheckResult, Patient } from '../check.ts';
import { installedPackage } from '../installed-package.ts';

const OURS = '@quality-hub/reporters';

export function checkReporterOrder({ dir, facts }: Pick<Patient, 'dir' | 'facts'>): CheckResult {
  const name = 'reporter-order';
  const home = installedPackage(OURS, dir)?.dir;
  const isOurs = (reporter: string): boolean =>
    reporter.startsWith(OURS) ||
    reporter.includes(OURS.replace('/', sep)) ||
    (home !== undefined && reporter.startsWith(home + sep));
  const place = facts.reporters.findIndex(isOurs);
  if (place === 0) return { name, status: 'ok', message: 'Our reporter is the first of the list' };
  if (place > 0) {
    return {
      name,
      status: 'warn',
      message: `Our reporter stands behind ${facts.reporters.slice(0, place).join(', ')}`,
      remedy: `Write \`reporter: reporters([…])\` with \`reporters\` from ${OURS}/config: it puts ours first`,
    };
  }
  const listed = facts.reporters.length === 0 ? 'no reporter' : facts.reporters.join(', ');
  return {
    name,
    status: 'warn',
    message: `The configuration names ${listed}, not ours: runs are recorded only with --add-reporter=${OURS}`,
    remedy: `Run \`npx quality-hub init\`, or write \`reporter: reporters([…])\` with \`reporters\` from ${OURS}/config`,
  };
}
