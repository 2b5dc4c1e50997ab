/** Makes the small suite of a kill round: files, tests with different ends, workers and retries, all from the seed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULT_PLACES, type FaultAct, type FaultPlace, type Script } from '../inside/perform.ts';
import type { Random } from '../random.ts';

const INSIDE = join(import.meta.dirname, '..', 'inside');
const ENDS = ['passes', 'passes', 'passes', 'passes', 'fails', 'is flaky', 'skips itself'] as const;
const ACTS = ['exit 0', 'exit 1', 'abort', 'SIGKILL'] as const;

/** Set for a run without our reporter. */
export const WITHOUT_VARIABLE = 'SOAK_WITHOUT';

export interface KillProject {
  readonly tests: number;
  /** Ground-truth lines that a run to the end writes, about. */
  readonly lines: number;
}

export interface ProjectWishes {
  /** Lets some tests end their own worker. */
  readonly faults?: boolean;
}

export function writeKillProject(dir: string, random: Random, { faults = false }: ProjectWishes = {}): KillProject {
  mkdirSync(dir, { recursive: true });
  const retries = random.integer(0, 1);
  writeFileSync(join(dir, 'package.json'), '{ "private": true, "type": "module" }\n');
  writeFileSync(join(dir, 'playwright.config.ts'), config(random.integer(1, 3), retries, random.chance(0.5)));
  let tests = 0;
  let lines = 1;
  for (let file = 1; file <= random.integer(1, 3); file++) {
    const parts: string[] = [];
    for (let count = random.integer(2, 7); count > 0; count--) {
      const title = `t-${String(++tests).padStart(2, '0')}`;
      const script = scriptOf(random);
      lines += 3 + script.evidence;
      const fault = faults && random.chance(0.2) ? faultOf(random) : undefined;
      parts.push(testText(title, script, fault));
    }
    const perform = JSON.stringify(join(INSIDE, 'perform.ts'));
    writeFileSync(
      join(dir, `file-${file}.spec.ts`),
      `import { commit, perform, test } from ${perform};\n\n${parts.join('\n')}`,
    );
  }
  return { tests, lines };
}

function scriptOf(random: Random): Script {
  return { ends: random.pick(ENDS), evidence: random.integer(0, 4), pauseMs: random.integer(0, 200) };
}

interface Fault {
  readonly place: FaultPlace;
  readonly act: FaultAct;
  /** Only in the first attempt. */
  readonly once: boolean;
}

function faultOf(random: Random): Fault {
  return { place: random.pick(FAULT_PLACES), act: random.pick(ACTS), once: random.chance(0.5) };
}

function config(workers: number, retries: number, fullyParallel: boolean): string {
  const truth = JSON.stringify(join(INSIDE, 'truth-reporter.ts'));
  return `
const ours = process.env.${WITHOUT_VARIABLE} ? [] : [['@quality-hub/reporters']];
export default {
  workers: ${workers}, retries: ${retries}, fullyParallel: ${fullyParallel}, reporter: [...ours, [${truth}]],
};
`;
}

function testText(title: string, script: Script, fault: Fault | undefined): string {
  const evidence = '(note, data) => hub.evidence(note, data)';
  const body = (more = ''): string =>
    `test('${title}', async ({ hub }, info) => { await perform(${evidence}, info, ${JSON.stringify(script)});${more} });\n`;
  if (!fault) return body();
  const strike = `${fault.once ? 'if (test.info().retry === 0) ' : ''}commit('${fault.act}');`;
  if (fault.place === 'body') return body(` ${strike}`);
  if (fault.place === 'fixture')
    return `test.describe('around ${title}', () => {\n  test.use({ faultAtTeardown: '${fault.act}' });\n  ${body()}});\n`;
  return `test.describe('around ${title}', () => {\n  test.${fault.place}(() => { ${strike} });\n  ${body()}});\n`;
}
