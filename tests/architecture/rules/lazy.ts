/** What is heavy loads on first use: every worker and every runner pays for what an entry imports. */
import { posix } from 'node:path';
import type { Rule } from '../rule.ts';
import { ownSpecifier, type Package, relativeTarget, type SourceFile, type SourceTree } from '../source-tree.ts';

const HEAVY =
  /^(node:sqlite|zod|pg|mysql2|redis|ioredis|fastify|kysely|winston|undici|prom-client|@aws-sdk\/|@azure\/|@opentelemetry\/|@elastic\/|node-vault|@faker-js\/|@babel\/)(\/|$)?/;
const LAZY_HUB = new Set(['reporters', 'cli']);
const LIGHT = new Set(['reporters', 'test', 'cli']);

export const heavyModulesAreLazy: Rule = {
  name: 'no entry of fixtures, reporters or cli loads the hub or a heavy module by itself',
  check: tree =>
    tree.packages
      .filter(({ name }) => LIGHT.has(name))
      .flatMap(owner => entriesOf(tree, owner).flatMap(entry => follow(tree, owner, entry))),
};

function follow(tree: SourceTree, owner: Package, entry: SourceFile): string[] {
  const found: string[] = [];
  const seen = new Set([entry.path]);
  const queue = [{ file: entry, chain: [entry.path] }];
  for (let step = queue.shift(); step; step = queue.shift()) {
    const { file, chain } = step;
    for (const { specifier, lazy, typeOnly, line } of file.imports) {
      if (lazy || typeOnly) continue;
      const own = ownSpecifier(specifier);
      if (isHeavy(specifier) || (own?.name === 'hub' && LAZY_HUB.has(owner.name))) {
        found.push(
          `${file.path}:${line} imports ${specifier}, reached from ${chain.join(' -> ')}: use "await import()" where it is needed`,
        );
        continue;
      }
      const next = own ? doorOf(tree, own) : tree.files.find(({ path }) => path === relativeTarget(file, specifier));
      if (!next || seen.has(next.path)) continue;
      seen.add(next.path);
      queue.push({ file: next, chain: [...chain, next.path] });
    }
  }
  return found;
}

function isHeavy(specifier: string): boolean {
  return HEAVY.test(specifier);
}

function entriesOf(tree: SourceTree, owner: Package): SourceFile[] {
  const paths = Object.values(owner.manifest.exports ?? {}).filter(target => typeof target === 'string');
  return paths.flatMap(target => tree.files.find(({ path }) => path === posix.join(owner.folder, target)) ?? []);
}

function doorOf(tree: SourceTree, { name, door }: { name: string; door: string }): SourceFile | undefined {
  const target = tree.packages.find(each => each.name === name);
  const path = target?.manifest.exports?.[door];
  return typeof path === 'string' && target
    ? tree.files.find(file => file.path === posix.join(target.folder, path))
    : undefined;
}
