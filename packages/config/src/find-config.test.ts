import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONFIG_FILES, findConfig } from './index.ts';
import { scratchFiles } from './testing/scratch-files.ts';

const env = {};

test.for(CONFIG_FILES)('%s is found beside and above the folder the search begins in', name => {
  const folder = scratchFiles({ [name]: '', 'suite/e2e/x.spec.ts': '' });
  expect(findConfig({ from: folder, cwd: '/', env })).toBe(join(folder, name));
  expect(findConfig({ from: join(folder, 'suite', 'e2e'), cwd: '/', env })).toBe(join(folder, name));
});

test('the nearest one counts, and a second search begins in the working directory', () => {
  const folder = scratchFiles({ 'quality-hub.config.ts': '', 'suite/quality-hub.config.json': '{}' });
  const other = scratchFiles({});
  const inner = join(folder, 'suite');
  expect(findConfig({ from: inner, cwd: folder, env })).toBe(join(inner, 'quality-hub.config.json'));
  expect(findConfig({ from: other, cwd: inner, env })).toBe(join(inner, 'quality-hub.config.json'));
  expect(findConfig({ from: other, cwd: other, env })).toBeUndefined();
});

test('what lies above a repository is not looked at', () => {
  const folder = scratchFiles({ 'quality-hub.config.ts': '', 'repository/.git/HEAD': '', 'repository/e2e/a.ts': '' });
  const inner = join(folder, 'repository', 'e2e');
  expect(findConfig({ from: inner, cwd: inner, env })).toBeUndefined();
});

test('a variable names the file, and a wrong name is told', () => {
  const folder = scratchFiles({ 'quality-hub.config.ts': '', 'other/hub.ts': '' });
  const find = (name: string) => findConfig({ from: folder, cwd: folder, env: { QUALITY_HUB_CONFIG: name } });
  expect(find('other/hub.ts')).toBe(join(folder, 'other', 'hub.ts'));
  expect(find('')).toBe(join(folder, 'quality-hub.config.ts'));
  expect(() => find('missing.ts')).toThrow(
    expect.objectContaining({ code: 'QH_CONFIG_LOAD', message: `${join(folder, 'missing.ts')} does not exist` }),
  );
});

test('two in one folder are refused: one of them would be read by nobody', () => {
  const folder = scratchFiles({ 'quality-hub.config.ts': '', 'quality-hub.config.json': '' });
  expect(() => findConfig({ from: folder, env })).toThrow(
    expect.objectContaining({
      code: 'QH_CONFIG_LOAD',
      message: `${folder} has two configurations, quality-hub.config.ts and quality-hub.config.json`,
    }),
  );
});
