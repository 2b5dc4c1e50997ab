/** Code and SQL that every supported Node can run. */
import type { Rule } from '../rule.ts';

const SPEAKS_SQLITE = /\b(?:DatabaseSync|StatementSync)\b|\.prepare\(/;
const COMMENT_LINE = /^\s*(?:\/\*\*|\*|\/\/).*$/;
const NUMBERED = /\?\d/;

export const parametersHaveNoNumbers: Rule = {
  name: 'no statement numbers its parameters, which Node 22 cannot bind',
  check: tree =>
    tree.files
      .filter(file => file.package && !file.isTest && SPEAKS_SQLITE.test(file.text))
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .flatMap((line, index) =>
            NUMBERED.test(line.replace(COMMENT_LINE, ''))
              ? [`${path}:${index + 1} numbers a parameter: write ? and give the value as often as it is asked for`]
              : [],
          ),
      ),
};

const USING = /^\s*(?:await )?using \w+ =/;

export const nothingIsDisposedByItself: Rule = {
  name: 'no source that is published says `using`, which Node 22 does not know',
  check: tree =>
    tree.files
      .filter(file => file.package && !file.isTest && file.package.name !== 'testkit')
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .flatMap((line, index) =>
            USING.test(line) ? [`${path}:${index + 1} says "using": close it in a finally block`] : [],
          ),
      ),
};
