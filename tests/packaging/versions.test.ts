/** Everything works with each version of Playwright and Node, both installers and both kinds of modules. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { chooseBrowser } from '../../scripts/browser.mjs';
import { compatibilityTable, documentedTable, writeTable } from './compatibility-table.ts';
import { type EchoServer, openEchoServer } from './echo-server.ts';
import { expectEverything, writeSuite } from './everything-suite.ts';
import { nodeFolder } from './node-folder.ts';
import { pinned, UserProject } from './user-project.ts';
import {
  type Combination,
  everyCombination,
  INSTALLERS,
  NODES,
  nameOf,
  PLAYWRIGHTS,
  pairedCombinations,
} from './versions.ts';

const { executablePath, args } = chooseBrowser();
const packed = inject('packed');
const combinations = process.env.QH_MATRIX ? everyCombination() : pairedCombinations();
let server: EchoServer;

beforeAll(async () => {
  server = await openEchoServer();
});
afterAll(() => server.close());

/** Only what ran to its end: a combination that could not even be installed does not work. */
const worked: Combination[] = [];
if (process.env.QH_MATRIX) {
  afterAll(() => {
    const table = compatibilityTable(worked);
    writeTable(table);
    console.log(table.map(row => row.join('   ')).join('\n'));
  });
}

test('any two versions meet', () => {
  const pairsOf = (all: readonly object[]): Set<string> =>
    new Set(
      all.flatMap(combination => {
        const values = Object.values(combination) as string[];
        return values.flatMap(one => values.filter(other => other !== one).map(other => `${one} ${other}`));
      }),
    );
  expect(pairsOf(combinations)).toEqual(pairsOf(everyCombination()));
});

test('what this repository is developed with is among them', () => {
  expect(PLAYWRIGHTS).toContain(pinned('@playwright/test'));
  expect(NODES).toContain(pinned('node'));
});

test('the documentation tells what works', () => {
  expect(documentedTable()).toEqual(compatibilityTable(everyCombination()));
});

for (const playwright of PLAYWRIGHTS) {
  for (const installer of INSTALLERS) {
    describe(`installed with ${installer}`, () => {
      let project: UserProject;
      beforeAll(async () => {
        project = new UserProject('module', { playwright, installer });
        writeSuite(project);
        const installed = await project.install(packed);
        expect(installed.code, installed.output).toBe(0);
      });
      afterAll(() => project.remove());

      for (const combination of combinations.filter(c => c.playwright === playwright && c.installer === installer)) {
        test(`everything works: ${nameOf(combination)}`, async () => {
          project.become(combination.kind);
          const node = await nodeFolder(combination.node);
          const types = await project.runInstalled('tsc', ['--noEmit']);
          expect(types.code, types.output).toBe(0);
          await expectEverything(project, {
            node,
            USER_BASE_URL: server.url,
            USER_LAUNCH_OPTIONS: JSON.stringify({ executablePath, args }),
          });
          worked.push(combination);
        });
      }
    });
  }
}
