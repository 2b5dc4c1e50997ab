import { execFile, execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTree, writeTree } from '../../testing/file-tree.ts';
import { BIN } from '../../testing/run-bin.ts';
import { runHere } from '../../testing/run-here.ts';
import { BASE, CONFIG, CONFIG_AFTER, MANIFEST, SPEC, SPEC_AFTER } from '../../testing/small-suite.ts';

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'qh-init-')));
});
afterEach(() => rmSync(dir, { recursive: true }));

const here = (args: string[]) => runHere(['init', ...args], { cwd: dir });
const file = (path: string): string => readFileSync(join(dir, path), 'utf8');

describe('undo', () => {
  beforeEach(() => writeTree(dir, BASE));

  test('a file that was edited since is not overwritten, and its former text is named', async () => {
    await here(['--yes']);
    appendFileSync(join(dir, 'a.spec.ts'), '// mine\n');
    for (const restored of ['Restored playwright.config.ts\nRestored package.json\n', '']) {
      const { code, stdout } = await here(['--undo']);
      expect(code).toBe(1);
      expect(stdout).toBe(
        `${restored}a.spec.ts was edited after init and is left as it is; what it was is in .quality-hub/init/1/2-a.spec.ts.before: compare the two and copy what you want.\n`,
      );
    }
    expect(file('.quality-hub/init/1/2-a.spec.ts.before')).toBe(SPEC);
    expect(file('a.spec.ts')).toBe(`${SPEC_AFTER}// mine\n`);
    writeFileSync(join(dir, 'a.spec.ts'), SPEC);
    expect(await here(['--undo'])).toMatchObject({ code: 0 });
    expect(Object.keys(readTree(dir)).sort()).toEqual(Object.keys(BASE).sort());
  });

  test('each undo takes back one init', async () => {
    const first = readTree(dir);
    await here(['--yes']);
    writeTree(dir, { 'b.spec.ts': SPEC });
    expect((await here(['--yes'])).stdout).toContain('Changed 1 file.');
    expect(file('b.spec.ts')).toBe(SPEC_AFTER);
    expect((await here(['--undo'])).stdout).toBe('Restored b.spec.ts\n');
    expect(file('b.spec.ts')).toBe(SPEC);
    expect((await here(['--undo'])).code).toBe(0);
    rmSync(join(dir, 'b.spec.ts'));
    expect(readTree(dir)).toEqual(first);
  });

  test('a file that was made is removed, unless it was edited', async () => {
    execFileSync('git', ['init', '--quiet'], { cwd: dir });
    await here(['--yes']);
    expect(file('.gitignore')).toBe('.quality-hub/\n');
    await here(['--undo']);
    expect(() => file('.gitignore')).toThrow('ENOENT');
    await here(['--yes']);
    appendFileSync(join(dir, '.gitignore'), 'dist/\n');
    expect(await here(['--undo'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('.gitignore was edited after init and is left as it is; remove it by hand.'),
    });
  });

  test('a damaged record or copy is told, and the file is left', async () => {
    await here(['--yes']);
    writeFileSync(join(dir, '.quality-hub/init/1/2-a.spec.ts.before'), 'gone');
    const damaged = await here(['--undo']);
    expect(damaged).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/a\.spec\.ts cannot be restored: The copy of .* is gone or changed/),
    });
    expect(file('playwright.config.ts')).toBe(CONFIG);
    expect(file('a.spec.ts')).toBe(SPEC_AFTER);
    writeFileSync(join(dir, '.quality-hub/init/1/record.json'), '{');
    expect(await here(['--undo'])).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be read') });
  });

  test('goes alone', async () => {
    expect(await here(['--undo', '--yes'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--undo and --yes'),
    });
  });
});

describe('nothing is lost', () => {
  test('a read-only file is told before anything is changed', async () => {
    writeTree(dir, BASE);
    chmodSync(join(dir, 'a.spec.ts'), 0o444);
    const before = readTree(dir);
    const { code, stderr } = await here(['--yes']);
    expect([code, stderr]).toEqual([
      1,
      `quality-hub: Nothing was changed: ${join(dir, 'a.spec.ts')} is read-only. See to it, then run init again.\n`,
    ]);
    expect(readTree(dir)).toEqual(before);
  });

  test('a write that fails midway puts everything back', async () => {
    // The copy of the last file just fits under the limit of a file's size; the file with its import does not.
    const filler = `${SPEC.replace('expect, test', 'expect, test, type Page')}//`;
    writeTree(dir, { ...BASE, 'z.spec.ts': filler + 'x'.repeat(8 * 1024 - filler.length) });
    const before = readTree(dir);
    const result = await new Promise<{ code: number; stderr: string }>(resolve => {
      const child = `ulimit -f 8; exec "${process.execPath}" "${BIN}" init --yes`;
      const { NODE_V8_COVERAGE: _, ...env } = process.env;
      execFile('bash', ['-c', child], { cwd: dir, env }, (error, _stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stderr }),
      );
    });
    expect(result.stderr).toMatch(/z\.spec\.ts cannot be written \(EFBIG.*\); all files are as they were\. Make room/);
    expect(result.code).toBe(1);
    expect(readTree(dir)).toEqual(before);
  });

  test('where the former files cannot be kept, nothing is changed', async () => {
    writeTree(dir, { ...BASE, '.quality-hub': 'no folder' });
    const before = readTree(dir);
    expect(await here(['--yes'])).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be kept in') });
    expect(readTree(dir)).toEqual(before);
  });

  test('a link stays a link, and one that leads out of the project is only named', async () => {
    writeTree(dir, {
      'out/playwright.config.ts': CONFIG,
      'in/package.json': MANIFEST,
      'in/real/playwright.config.ts': CONFIG,
    });
    symlinkSync('real/playwright.config.ts', join(dir, 'in/playwright.config.ts'));
    symlinkSync('../out/playwright.config.ts', join(dir, 'in/playwright.out.config.ts'));
    symlinkSync('nowhere', join(dir, 'in/playwright.lost.config.ts'));
    const { code, stdout } = await here(['in', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain(`playwright.out.config.ts is a link to ${join(dir, 'out/playwright.config.ts')}`);
    expect(file('out/playwright.config.ts')).toBe(CONFIG);
    expect(file('in/real/playwright.config.ts')).toBe(CONFIG_AFTER);
    expect(readTree(dir)['in/playwright.config.ts']).toBe('-> real/playwright.config.ts');
  });

  test('a manifest that is a link is written where it lies', async () => {
    writeTree(dir, { 'playwright.config.ts': CONFIG, 'kept/manifest.json': MANIFEST });
    symlinkSync('kept/manifest.json', join(dir, 'package.json'));
    await here(['--yes']);
    expect(readTree(dir)['package.json']).toBe('-> kept/manifest.json');
    expect(file('kept/manifest.json')).toContain('@quality-hub/reporters');
    await here(['--undo']);
    expect(file('kept/manifest.json')).toBe(MANIFEST);
  });
});
