/** Names say what a file knows, and files stay small enough to read. */
import type { Rule } from '../rule.ts';

const LONGEST = 400;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SAYS_NOTHING = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'misc']);

export const namesAreKebabCase: Rule = {
  name: 'file names are kebab-case',
  check: tree =>
    tree.files.flatMap(({ path }) => {
      const stems = (path.split('/').at(-1) ?? '').split('.').slice(0, -1);
      return stems.every(stem => KEBAB.test(stem)) ? [] : [`${path}: write the name in kebab-case`];
    }),
};

export const namesSaySomething: Rule = {
  name: 'no file or folder has a name that says nothing',
  check: tree =>
    tree.files.flatMap(({ path }) => {
      const word = path.split(/[/.-]/).find(part => SAYS_NOTHING.has(part));
      return word ? [`${path}: "${word}" says nothing; name what it knows`] : [];
    }),
};

export const filesAreShort: Rule = {
  name: `no file is longer than ${LONGEST} lines`,
  check: tree =>
    tree.files
      .filter(({ lines }) => lines > LONGEST)
      .map(({ path, lines }) => `${path} has ${lines} lines, ${LONGEST} are allowed: split it by concept`),
};
