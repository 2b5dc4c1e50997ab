/** What is in the tarballs is what should be published, and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { runCommand } from './run-command.ts';

const packed = inject('packed');

test('every published package is packed', () => {
  expect(packed.map(({ name }) => name)).toEqual(
    expect.arrayContaining(
      ['protocol', 'telemetry', 'hub', 'cli', 'testkit', 'test', 'reporters'].map(name => `@quality-hub/${name}`),
    ),
  );
});

describe.each(packed)('$name', ({ name, folder, tarball }) => {
  const contents = async () => {
    const { stdout } = await runCommand('tar', ['-tzf', tarball], { cwd: folder });
    return stdout
      .trim()
      .split('\n')
      .map(path => path.replace(/^package\//, ''));
  };
  const textOf = async (path: string) =>
    (await runCommand('tar', ['-xzOf', tarball, `package/${path}`], { cwd: folder })).stdout;
  const manifest = async () => JSON.parse(await textOf('package.json'));

  test('brings only what its manifest names', async () => {
    const { files = [] } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { files?: string[] };
    const allowed = (path: string) =>
      ['package.json', 'README.md', 'LICENSE'].includes(path) ||
      files.some(entry => path === entry || path.startsWith(`${entry}/`));
    expect((await contents()).filter(path => !allowed(path))).toEqual([]);
  });

  test('brings no build state, no tests and no sources', async () => {
    const unwanted = (await contents()).filter(
      path =>
        /\.tsbuildinfo$|tsbuildinfo\.json$|\.(test|spec)\./.test(path) ||
        path.startsWith('src/') ||
        path.startsWith('dist/testing/') ||
        (path.endsWith('.ts') && !path.endsWith('.d.ts')),
    );
    expect(unwanted).toEqual([]);
  });

  test('brings a source map with every script, and types with every door', async () => {
    const all = await contents();
    const scripts = all.filter(path => path.startsWith('dist/') && path.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      const text = await textOf(script);
      // What the bundler adds of its own has no source, and a door that only hands on what another file has holds no line of one.
      if (text.startsWith('// \\0rolldown/runtime.js\n')) continue;
      const code = text.replace(/^(?:import|export) \{[^}]*\}(?: from "[^"]+")?;$/gm, '').trim();
      if (code !== '') expect(all).toContain(`${script}.map`);
    }
    const { exports } = (await manifest()) as { exports: Readonly<Record<string, { types: string }>> };
    for (const { types } of Object.values(exports)) expect(all).toContain(types.replace('./', ''));
  });

  test('has doors and commands that are in it', async () => {
    const all = await contents();
    const { exports, bin = {} } = (await manifest()) as { exports: object; bin?: object };
    const targets = [exports, bin].flatMap(part =>
      Object.values(part).flatMap(target => (typeof target === 'string' ? target : Object.values(target))),
    );
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets as string[]) expect(all).toContain(target.replace('./', ''));
  });

  test('names real versions, not the workspace', async () => {
    const { name: packedName, dependencies = {}, peerDependencies = {} } = await manifest();
    expect(packedName).toBe(name);
    expect(JSON.stringify({ ...dependencies, ...peerDependencies })).not.toMatch(/workspace:|catalog:/);
  });
});
