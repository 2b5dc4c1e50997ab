/** Makes the suite of a data round: factories for every system, and tests that create with them until they are killed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../random.ts';
import type { Systems } from './systems.ts';

/** Each test adds lines to it: `begin`, `made`, `end`. */
export const PROGRESS_FILE = 'progress.txt';
/** Holds what opens the shop's API to its staff. */
export const STAFF_VARIABLE = 'SHOP_STAFF_AUTHORIZATION';
/** Of the run that comes after the killed one. */
export const NEXT_SPEC = 'next.spec.ts';
export const KILLED_SPEC = 'killed.spec.ts';

const THINGS = join(import.meta.dirname, '../../inside/things.ts');
const KINDS = ['product', 'coupon', 'crate', 'parcel', 'invoice', 'note'];

export interface DataProject {
  readonly tests: number;
  /** Lines of a run to the end, about. */
  readonly lines: number;
}

export interface DataProjectWishes {
  readonly workers: number;
  readonly tests: number;
}

export function writeDataProject(
  dir: string,
  systems: Systems,
  random: Random,
  { workers, tests }: DataProjectWishes,
): DataProject {
  const write = (name: string, text: string): void => writeFileSync(join(dir, name), text);
  write('package.json', '{ "private": true, "type": "module" }\n');
  write(
    'playwright.config.ts',
    `export default { workers: ${workers}, fullyParallel: true, reporter: [['@quality-hub/reporters']] };\n`,
  );
  write('quality-hub.config.ts', configText(systems));
  write('progress.ts', PROGRESS);
  let lines = 0;
  const bodies = Array.from({ length: tests }, (_, index) => {
    const steps = Array.from({ length: random.integer(1, 4) }, () => stepOf(random));
    lines += steps.length + 2;
    return `test('t-${index}', async ({ data }) => {\n  tell('begin');\n${steps.join('')}  tell('end');\n});\n`;
  });
  write(KILLED_SPEC, `${IMPORTS}${bodies.join('')}`);
  write(NEXT_SPEC, `${IMPORTS}test('next', async ({ data }) => { await data.create(f.note); });\n`);
  return { tests, lines };
}

/** One creation, several, or several at once; then a pause, and at times more at once that nobody waits for. */
function stepOf(random: Random): string {
  const one = (): string => `data.create(f.${random.pick(KINDS)})`;
  const work = random.chance(0.4)
    ? `await data.createMany(f.${random.pick(KINDS)}, ${random.integer(2, 6)});`
    : random.chance(0.4)
      ? `await Promise.all([${one()}, ${one()}, ${one()}]);`
      : `await ${one()};`;
  return `  ${work} tell('made');\n  await pause(${random.integer(0, 60)});\n`;
}

const IMPORTS = `import { test } from '@quality-hub/test';
import * as f from ${JSON.stringify(THINGS)};
import { pause, tell } from './progress.ts';

`;

const PROGRESS = `import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
export const tell = word => appendFileSync(join(import.meta.dirname, '${PROGRESS_FILE}'), word + '\\n');
export const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
`;

function configText({ shopUrl, postgresUrl, mariadbUrl, notesFile }: Systems): string {
  return `import { secret } from '@quality-hub/test/config';
export default {
  clients: { default: { baseURL: '${shopUrl}', headers: { authorization: secret('staff') } } },
  secrets: { refs: { staff: 'env:${STAFF_VARIABLE}' } },
  databases: {
    stock: { kind: 'postgres', url: '${postgresUrl}' },
    billing: { kind: 'mysql', url: '${mariadbUrl}' },
    desk: { kind: 'sqlite', url: ${JSON.stringify(notesFile)} },
  },
  data: { factories: [${JSON.stringify(THINGS)}] },
};
`;
}
