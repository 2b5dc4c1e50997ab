/** Protocol is read by browsers, workers and servers: it brings nothing with it. */
import type { Rule } from '../rule.ts';

export const protocolHasNoDependency: Rule = {
  name: 'protocol has no dependency',
  check: tree =>
    tree.packages
      .filter(({ name }) => name === 'protocol')
      .flatMap(({ folder, manifest }) =>
        Object.keys(manifest.dependencies ?? {}).map(
          name =>
            `${folder}/package.json depends on ${name}: protocol is plain types and functions; zod is an optional peer`,
        ),
      ),
};

export const protocolRunsInABrowser: Rule = {
  name: 'protocol imports nothing but itself, and zod in its schema',
  check: tree =>
    tree.files
      .filter(({ package: owner, isTest }) => owner?.name === 'protocol' && !isTest)
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ specifier }) => !specifier.startsWith('.'))
          .filter(({ specifier }) => !(/^zod(\/|$)/.test(specifier) && path.includes('/src/schema/')))
          .map(
            ({ specifier, line }) => `${path}:${line} imports ${specifier}: protocol runs in a browser and does no I/O`,
          ),
      ),
};
