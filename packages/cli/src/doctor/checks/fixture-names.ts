/** No fixture name means two things: `mergeTests` lets the last one win without a word. */
import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { CheckResult } from '../check.ts';
import { blankOut, closingBracket } from '../fixture-scan/blank-out.ts';
import type { SourceFile } from '../fixture-scan/source-files.ts';

/** Names that `@quality-hub/test` gives to users. Those of its inside begin with `_qh`. */
const OUR_NAMES: readonly string[] = ['hub'];

/** A hint, not a proof: it follows variables and relative imports, one file deep. */
export function checkFixtureNames(files: readonly SourceFile[], dir: string, usesOurs: boolean): CheckResult {
  const name = 'fixture-names';
  const problems = [...(usesOurs ? takenNames(files, dir) : []), ...mergeClashes(files, dir)];
  if (problems.length === 0) return { name, status: 'ok', message: 'No fixture name is declared twice in one test' };
  return {
    name,
    status: 'warn',
    message: problems.join('; '),
    remedy:
      'Rename one of them: a name that is declared twice keeps only its last meaning, for everything that uses it',
  };
}

function takenNames(files: readonly SourceFile[], dir: string): string[] {
  const isOurs = (name: string): boolean => OUR_NAMES.includes(name) || name.startsWith('_qh');
  return files.flatMap(({ path, extends: calls }) =>
    calls
      .flatMap(({ fixtures }) => fixtures)
      .filter(fixture => isOurs(fixture.name))
      .map(fixture => `${relative(dir, path)}:${fixture.line} declares "${fixture.name}", a name of @quality-hub/test`),
  );
}

/** Fixture names of a variable, each with the place that declares it. */
type Names = ReadonlyMap<string, string>;

function mergeClashes(files: readonly SourceFile[], dir: string): string[] {
  const byPath = new Map(files.map(file => [file.path, file]));
  const problems: string[] = [];
  for (const file of files) {
    const code = blankOut(file.text);
    for (const match of code.matchAll(/\bmergeTests\s*\(/g)) {
      const open = match.index + match[0].length - 1;
      const args = code.slice(open + 1, closingBracket(code, open)).split(',');
      const seen = new Map<string, { place: string; variable: string }>();
      for (const variable of args.map(arg => arg.trim())) {
        for (const [name, place] of namesOf(file, variable, byPath)) {
          const before = seen.get(name);
          if (before && before.place !== place) {
            problems.push(
              `mergeTests in ${relative(dir, file.path)} gets "${name}" from ${before.variable} and from ${variable}`,
            );
          }
          seen.set(name, { place, variable });
        }
      }
    }
  }
  return problems;
}

function namesOf(file: SourceFile, variable: string, files: ReadonlyMap<string, SourceFile>): Names {
  const names = new Map<string, string>();
  const own = file.extends.find(call => call.variable === variable);
  if (own) {
    const inherited = own.base && own.base !== variable ? namesOf(file, own.base, files) : new Map<string, string>();
    for (const [name, place] of inherited) names.set(name, place);
    for (const fixture of own.fixtures) names.set(fixture.name, `${file.path}:${fixture.line}`);
    return names;
  }
  const source = importOf(file, variable, files);
  return source ? namesOf(source.file, source.variable, files) : names;
}

function importOf(
  file: SourceFile,
  variable: string,
  files: ReadonlyMap<string, SourceFile>,
): { file: SourceFile; variable: string } | undefined {
  for (const [, list, specifier] of file.text.matchAll(/\bimport\s*\{([^}]*)\}\s*from\s*['"](\.[^'"]*)['"]/g)) {
    for (const entry of (list ?? '').split(',')) {
      const [original, local = original] = entry.trim().split(/\s+as\s+/);
      if (local !== variable || !original) continue;
      const found = files.get(resolveImport(dirname(file.path), specifier ?? ''));
      if (found && found !== file) return { file: found, variable: original };
    }
  }
  return undefined;
}

function resolveImport(from: string, specifier: string): string {
  const path = resolve(from, specifier);
  const bare = path.replace(/\.[cm]?js$/, '');
  const candidates = [
    path,
    ...['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '/index.ts', '/index.js'].map(end => bare + end),
  ];
  return candidates.find(candidate => existsSync(candidate) && /\.[cm]?[jt]sx?$/.test(candidate)) ?? path;
}
