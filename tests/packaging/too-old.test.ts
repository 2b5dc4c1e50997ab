/** Beside a Playwright or a Node that is too old, our parts say so in one sentence, and the suite goes on without us. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { expectStandingAside, SMALL_SPEC } from './everything-suite.ts';
import { nodeFolder } from './node-folder.ts';
import { UserProject } from './user-project.ts';
import { MODULE_KINDS, TOO_OLD } from './versions.ts';

const packed = inject('packed');

describe.each([
  [TOO_OLD.playwrights[0], 'module'],
  [TOO_OLD.playwrights[1], 'commonjs'],
] as const)('Playwright %s', (playwright, kind) => {
  // npm refuses to install ours beside it unless it is told to; pnpm warns.
  const project = new UserProject(kind, { playwright, installer: 'pnpm' });
  const sentence = `Quality Hub: Nothing is recorded: Playwright 1.62 or newer is needed, and this is ${playwright}. The tests run as before.`;
  beforeAll(async () => {
    project.write('small.spec.ts', SMALL_SPEC);
    const installed = await project.install(packed);
    expect(installed.code, installed.output).toBe(0);
  });
  afterAll(() => project.remove());

  test(`is told once by reporter and fixtures, and the suite runs as before (${kind})`, () =>
    expectStandingAside(project, sentence));

  test('is told by the fixtures where our reporter is not in the run', () =>
    expectStandingAside(project, sentence, { args: ['--reporter=line'] }));
});

describe(`Node ${TOO_OLD.node}`, () => {
  const project = new UserProject('module');
  beforeAll(async () => {
    project.write('small.spec.ts', SMALL_SPEC);
    const installed = await project.install(packed);
    expect(installed.code, installed.output).toBe(0);
  });
  afterAll(() => project.remove());

  test.each(MODULE_KINDS)('is told once by reporter and fixtures, and the suite runs as before (%s)', async kind => {
    project.become(kind);
    await expectStandingAside(
      project,
      `Quality Hub: Nothing is recorded: Node 22.19 or newer is needed, and this is ${TOO_OLD.node}. The tests run as before.`,
      { node: await nodeFolder(TOO_OLD.node) },
    );
  });

  test('is told by the command, in one sentence', async () => {
    const shown = await project.runInstalled('quality-hub', ['show'], { node: await nodeFolder(TOO_OLD.node) });
    expect(shown).toMatchObject({
      code: 1,
      output: `quality-hub needs Node 22.19 or newer; this is ${TOO_OLD.node}.\n`,
    });
  });
});
