/** Imports between packages: down only, and never between those who must not know each other. */
import type { Rule } from '../rule.ts';
import { ownSpecifier, type SourceFile, type SourceTree } from '../source-tree.ts';

export const arrowsPointDown: Rule = {
  name: 'an import points to a package of a lower level',
  check: tree =>
    ownImports(tree).flatMap(({ file, line, from, to, specifier }) => {
      if (from.name === to || (file.isTest && to === 'testkit')) return [];
      const target = tree.packages.find(({ name }) => name === to);
      const where = `${file.path}:${line} imports ${specifier}`;
      if (target?.level === undefined)
        return [`${where}: there is no level for "${to}"; add it to LEVELS or correct the name`];
      if (from.level === undefined) return [`${where}: "${from.name}" has no level; add it to LEVELS`];
      if (target.level < from.level) return [];
      const direction = target.level === from.level ? 'sideways' : 'up';
      return [
        `${where}: that points ${direction} (level ${from.level} to ${target.level}); put a small contract into protocol and let runtime hand it in`,
      ];
    }),
};

export const fixturesAndReportersAreStrangers: Rule = {
  name: 'fixtures and reporters never import each other, nor their packages',
  check: tree =>
    tree.packages.flatMap(({ folder, name, manifest }) => {
      const other = { test: '@quality-hub/reporters', reporters: '@quality-hub/test' }[name];
      return other !== undefined && manifest.dependencies?.[other] !== undefined
        ? [`${folder}/package.json depends on ${other}: they run in different processes and meet in protocol only`]
        : [];
    }),
};

export const dashboardKnowsProtocolOnly: Rule = {
  name: 'the dashboard imports protocol and no other package of ours',
  check: tree =>
    ownImports(tree).flatMap(({ file, line, from, to, specifier }) =>
      from.name === 'dashboard' && !['dashboard', 'protocol'].includes(to) && !file.isTest
        ? [
            `${file.path}:${line} imports ${specifier}: the dashboard speaks to the hub over HTTP and imports protocol only`,
          ]
        : [],
    ),
};

const SCHEMA_READERS = new Set(['protocol', 'hub', 'cli', 'testkit']);

export const schemaStaysOutOfWorkers: Rule = {
  name: 'only hub, cli and testkit import protocol/schema, which brings zod',
  check: tree =>
    ownImports(tree).flatMap(({ file, line, from, specifier, typeOnly }) =>
      specifier === '@quality-hub/protocol/schema' && !SCHEMA_READERS.has(from.name) && !file.isTest && !typeOnly
        ? [
            `${file.path}:${line} imports ${specifier}: zod would load in every worker; import the plain types of protocol`,
          ]
        : [],
    ),
};

function ownImports(tree: SourceTree) {
  return tree.files.flatMap(file => importsOf(file));
}

function importsOf(file: SourceFile) {
  const from = file.package;
  if (!from) return [];
  return file.imports.flatMap(({ specifier, line, typeOnly }) => {
    const own = ownSpecifier(specifier);
    return own ? [{ file, line, from, to: own.name, specifier, typeOnly }] : [];
  });
}
