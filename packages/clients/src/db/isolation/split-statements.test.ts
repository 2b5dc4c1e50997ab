import { expect, test } from 'vitest';
import { splitStatements } from './split-statements.ts';

test.each([
  ['select 1; select 2', ['select 1', 'select 2']],
  ['select 1;\n\n;  ', ['select 1']],
  [
    "insert into t values ('a;b', 'it''s; \\'; ', `c;d`, \"e;f\"); x",
    ["insert into t values ('a;b', 'it''s; \\'; ', `c;d`, \"e;f\")", 'x'],
  ],
  ['-- a; b\nselect 1; # c; d\nselect /* e; */ 2', ['-- a; b\nselect 1', '# c; d\nselect /* e; */ 2']],
  ['-- only a comment;\n/* and another; */', []],
  ['/*!40101 set names utf8 */;', ['/*!40101 set names utf8 */']],
  ['select 1 --1; select 2', ['select 1 --1', 'select 2']],
  [
    'select 0;\nDELIMITER //\ncreate trigger t begin set @a = 1; set @b = 2; end //\n delimiter ;\nselect 1;',
    ['select 0', 'create trigger t begin set @a = 1; set @b = 2; end', 'select 1'],
  ],
])('%s', (text, statements) => expect(splitStatements(text)).toEqual(statements));
