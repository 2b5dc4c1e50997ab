import { expect, test } from 'vitest';
import { applyEdits } from '../source/edit.ts';
import { loadParser } from '../source/parsed-source.ts';
import { editIgnoreFile, ignoresHub } from './edit-ignore-file.ts';
import { editManifest } from './edit-manifest.ts';

const parse = await loadParser();
const packages = ['@quality-hub/reporters', '@quality-hub/test'];

function rewritten(text: string): string {
  const { edits, byHand } = editManifest(parse, text, packages, '0.1.0');
  expect(byHand).toBe(undefined);
  const result = applyEdits(text, edits);
  expect(editManifest(parse, result, packages, '0.1.0').edits).toEqual([]);
  JSON.parse(result.replace(/^\uFEFF/, ''));
  return result;
}

test('our packages are sorted in beside Playwright', () => {
  expect(rewritten('{\n  "devDependencies": {\n    "@playwright/test": "^1.65.0",\n    "zod": "4"\n  }\n}\n')).toBe(
    '{\n  "devDependencies": {\n    "@playwright/test": "^1.65.0",\n    "@quality-hub/reporters": "^0.1.0",\n    "@quality-hub/test": "^0.1.0",\n    "zod": "4"\n  }\n}\n',
  );
});

test('where Playwright is a dependency of production, so are ours; where it is pinned, so are ours', () => {
  expect(rewritten('{\r\n\t"dependencies": {\r\n\t\t"@playwright/test": "1.65.1"\r\n\t}\r\n}')).toBe(
    '{\r\n\t"dependencies": {\r\n\t\t"@playwright/test": "1.65.1",\r\n\t\t"@quality-hub/reporters": "0.1.0",\r\n\t\t"@quality-hub/test": "0.1.0"\r\n\t}\r\n}',
  );
});

test('what is missing is made: the section, and only the packages that are not there', () => {
  expect(rewritten('{\n  "peerDependencies": { "@playwright/test": "*", "@quality-hub/test": "*" }\n}\n')).toBe(
    '{\n  "peerDependencies": { "@playwright/test": "*", "@quality-hub/test": "*" },\n  "devDependencies": {\n    "@quality-hub/reporters": "^0.1.0"\n  }\n}\n',
  );
  expect(rewritten('\uFEFF{"name":"a"}')).toBe(
    '\uFEFF{"name":"a", "devDependencies": { "@quality-hub/reporters": "^0.1.0", "@quality-hub/test": "^0.1.0" }}',
  );
  expect(rewritten('{ "devDependencies": {} }')).toContain('{ "@quality-hub/reporters": "^0.1.0", "@quality-hub/test"');
  expect(rewritten('{ "devDependencies": { "zod": "4" } }')).toContain('"@quality-hub/test": "^0.1.0", "zod": "4"');
});

test('what is no JSON is left', () => {
  expect(editManifest(parse, '{\n  "a":\n}', packages, '1.0.0').byHand).toBe('it is no JSON (line 3)');
  expect(editManifest(parse, '[]', packages, '1.0.0').byHand).toBe('it is no JSON object');
});

test('the folder of the hub is added to what git ignores, in the line ends of the file', () => {
  const ignored = (text: string | undefined) => applyEdits(text ?? '', editIgnoreFile(text));
  expect(ignored(undefined)).toBe('.quality-hub/\n');
  expect(ignored('dist/\n')).toBe('dist/\n.quality-hub/\n');
  expect(ignored('dist/')).toBe('dist/\n.quality-hub/\n');
  expect(ignored('dist/\r\nout/\r\n')).toBe('dist/\r\nout/\r\n.quality-hub/\r\n');
  for (const line of ['.quality-hub', '/.quality-hub/', '**/.quality-hub/'])
    expect(ignoresHub(`a\r\n${line}\r\n`)).toBe(true);
  expect(ignoresHub('# .quality-hub\n!.quality-hub/\n')).toBe(false);
});
