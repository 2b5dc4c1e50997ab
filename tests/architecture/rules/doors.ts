/** A package is entered through its doors, and every door says by name what it lets out. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../rule.ts';
import { ownSpecifier, relativeTarget } from '../source-tree.ts';

export const importsUseDoors: Rule = {
  name: 'an import goes through a door of its package',
  check: tree =>
    tree.files.flatMap(file =>
      file.imports.flatMap(({ specifier, line }) => {
        const where = `${file.path}:${line} imports ${specifier}`;
        const own = ownSpecifier(specifier);
        if (own) {
          const target = tree.packages.find(({ name }) => name === own.name);
          const doors = Object.keys(target?.manifest.exports ?? {});
          if (!target || doors.includes(own.door)) return [];
          return [`${where}: "${own.door}" is no door of ${own.name}; its doors are ${doors.join(', ')}`];
        }
        const path = relativeTarget(file, specifier);
        const inside = path && tree.packages.find(({ folder }) => path.startsWith(`${folder}/`));
        if (!inside || inside === file.package) return [];
        return [`${where}: that goes past the door of ${inside.name}; import "${inside.manifest.name}"`];
      }),
    ),
};

export const packagesStayInside: Rule = {
  name: 'a package does not reach out of its folder by a relative path',
  check: tree =>
    tree.files.flatMap(file =>
      file.imports.flatMap(({ specifier, line }) => {
        const path = relativeTarget(file, specifier);
        if (!file.package || file.isTest || path === undefined || path.startsWith(`${file.package.folder}/`)) return [];
        return [
          `${file.path}:${line} imports ${specifier}: that is outside of ${file.package.folder} and will not be packed`,
        ];
      }),
    ),
};

export const packagesAreComplete: Rule = {
  name: 'every package has a README, a door, and a level',
  check: tree =>
    tree.packages.flatMap(({ folder, name, level }) => [
      ...['README.md', 'src/index.ts', 'tsconfig.json']
        .filter(file => !existsSync(join(tree.root, folder, file)))
        .map(file => `${folder} has no ${file}: every package has one`),
      ...(level === undefined ? [`${folder} ("${name}") has no level: add it to LEVELS`] : []),
    ]),
};

export const exportsAreNamed: Rule = {
  name: 'no file exports everything of another',
  check: tree =>
    tree.files.flatMap(({ path, imports }) =>
      imports
        .filter(({ everything }) => everything)
        .map(({ specifier, line }) => `${path}:${line} has "export * from '${specifier}'": name what it exports`),
    ),
};
