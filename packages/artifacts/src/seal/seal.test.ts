import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createMask } from '@quality-hub/telemetry';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readZip, temporaryFolder, writeZip } from '../testing/zips.ts';
import { sealArtifacts } from './seal-artifacts.ts';

const SECRET = 'swordfish-4711';
const mask = createMask({ values: [SECRET] });

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

function put(path: string, content: string): string {
  const file = folder.at(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

test('folders and files are masked and looked through; what is not there is left out', async () => {
  put('results/a.txt', SECRET);
  writeZip(folder.at('results', 'trace.zip'), { 'trace.trace': SECRET });
  const junit = put('junit.xml', `<a>${SECRET}</a>`);
  const sealed = await sealArtifacts([folder.at('results'), junit, folder.at('missing')], { mask });
  expect(sealed).toEqual({
    changed: [folder.at('results', 'a.txt'), folder.at('results', 'trace.zip'), junit],
    aside: [],
    troubles: [],
    findings: [],
    isVerified: true,
  });
  expect([readFileSync(junit, 'utf8'), String(readZip(folder.at('results', 'trace.zip'))['trace.trace'])]).toEqual([
    '<a>[masked]</a>',
    '[masked]',
  ]);
});

test('what cannot be masked is found: names of files, halves of zip files', async () => {
  put(`results/of-${SECRET}.txt`, 'clean');
  put('results/half.zip', `PK\u0003\u0004 ${SECRET}`);
  const { findings, troubles } = await sealArtifacts([folder.at('results')], { mask });
  expect(findings.map(({ path, meaning }) => [path, meaning])).toEqual([
    [folder.at('results', 'half.zip'), 'value that is known to be secret'],
    [folder.at('results', `of-${SECRET}.txt`), 'value that is known to be secret, in the name of the file'],
  ]);
  expect(troubles).toEqual([{ path: folder.at('results', 'half.zip'), reason: 'it is no zip file that can be read' }]);
  expect((await sealArtifacts([folder.at('results')], { mask, verify: false })).findings).toEqual([]);
});

test('a folder of sources is not touched', async () => {
  put('project/package.json', `{"name":"${SECRET}"}`);
  const { troubles } = await sealArtifacts([folder.at('project')], { mask });
  expect(troubles).toEqual([
    { path: folder.at('project'), reason: 'it holds package.json, so it is no folder of results' },
  ]);
  expect(readFileSync(folder.at('project', 'package.json'), 'utf8')).toContain(SECRET);
});

test('what there is no time for is moved away: files of folders and single ones', async () => {
  put('results/a.txt', SECRET);
  const junit = put('junit.xml', SECRET);
  let at = 0;
  const sealed = await sealArtifacts([folder.at('results'), junit], {
    mask,
    budgetMs: 10,
    now: () => at++ * 20,
    asideFolder: folder.at('aside'),
  });
  expect(sealed.aside).toEqual([
    { path: folder.at('results', 'a.txt'), movedTo: folder.at('aside', 'a.txt') },
    { path: junit, movedTo: folder.at('aside', 'junit.xml') },
  ]);
  expect([existsSync(junit), existsSync(folder.at('results', 'a.txt'))]).toEqual([false, false]);
});

test('where the time is over before all of it was looked through, that is told', async () => {
  put('results/a.txt', SECRET);
  let at = 0;
  const { changed, isVerified, troubles } = await sealArtifacts([folder.at('results')], {
    mask,
    budgetMs: 100,
    now: () => at,
    onProgress: () => {
      setImmediate(() => {
        at = 200;
      });
    },
  });
  expect([changed, isVerified]).toEqual([[folder.at('results', 'a.txt')], false]);
  expect(troubles).toEqual([{ path: folder.at('results', 'a.txt'), reason: 'The 100 ms for it were over' }]);
});
