/** `quality-hub scan`: looks for secrets in what runs have left. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  COMPLIANCE_RULES,
  CONFIGURATION_RULES,
  type FindingKind,
  placeOf,
  type ScanResult,
  scanArtifacts,
  toSarif,
} from '@quality-hub/artifacts';
import type { Command, CommandContext } from '../command-line/command.ts';
import { packageVersion } from '../command-line/package-version.ts';
import { didYouMean, oneOf } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';
import { knownMask, MASK_ENV, MASK_SECRETS } from '../hub-access/secret-values.ts';
import { plural } from '../terminal/words.ts';
import { resultPaths } from './result-folders.ts';
import { isAboutConfiguration, scanConfiguration } from './scan-configuration.ts';

/** Each also fails on what stands before it. */
const FAIL_ON = ['none', 'known', 'patterns', 'compliance'] as const;
const RANK: Readonly<Record<FindingKind, number>> = { known: 1, pattern: 2, compliance: 3 };
const RULE_NAMES: readonly string[] = [...COMPLIANCE_RULES, ...CONFIGURATION_RULES].map(({ name }) => name);

export const scanCommand: Command = {
  name: 'scan',
  summary: 'looks for secrets in traces, reports and any other files',
  operands: '[path…]',
  maxOperands: Number.POSITIVE_INFINITY,
  options: {
    'mask-env': MASK_ENV,
    secrets: MASK_SECRETS,
    compliance: {
      type: 'string',
      value: '<rules>',
      help: `Also looks for these, with commas between them, or all: ${RULE_NAMES.join(', ')}.`,
    },
    'fail-on': {
      type: 'string',
      value: '<kind>',
      help: `What makes the exit code 1: ${FAIL_ON.join(', ')}. Each stands for those before it too. By default all.`,
    },
    sarif: { type: 'string', value: '<file>', help: 'Writes the findings as SARIF 2.1.0, for code hosts and editors.' },
    json: { type: 'boolean', help: 'Prints { findings, omitted, files, unread } as JSON.' },
  },
  about: [
    'By default it looks into test-results, playwright-report and blob-report, as far as they are here. Zip files are looked into with what lies in them, and so is the data of an HTML report. Nothing is changed.',
    'It finds values that are known to be secret, in every form they can be written in: those of secret-looking variables of this environment, those named by --mask-env, with --secrets those of the configuration, and those that runs of this machine still keep. And it finds what looks like a secret of a well-known service: keys, tokens, private keys, passwords in addresses.',
    'secret-without-owner and secret-too-old look at the configuration of this folder, and ask the stores of those secrets that have a maxAgeDays.',
    'A finding tells file, member, line and rule, and of the value two characters and how long it is.',
  ],
  examples: [
    ['quality-hub scan', 'After a run, before its results are uploaded.'],
    ['quality-hub scan artifacts --mask-env SHOP_PIN --sarif scan.sarif', 'In CI, with a file for the code host.'],
    ['quality-hub scan --compliance card-number,iban --fail-on known', 'Personal data too; only known values fail.'],
    ['quality-hub scan --compliance secret-without-owner,secret-too-old', 'Secrets that nobody looks after.'],
  ],
  exits: {
    0: 'Nothing was found that --fail-on names.',
    1: 'Something was found, or could not be looked into.',
  },
  async run({ positionals, options }, context) {
    const failOn = oneOf('fail-on', options['fail-on'], FAIL_ON) ?? 'compliance';
    const chosen = chosenRules(options.compliance);
    const isOfConfiguration = options.compliance !== 'all' && isAboutConfiguration(chosen);
    const paths = resultPaths(positionals, context.cwd, { mayBeNone: isOfConfiguration });
    const { mask, unread } = await knownMask(options, context);
    const cwd = resolve(context.cwd);
    const found = await scanArtifacts(
      paths.map(path => resolve(cwd, path)),
      { mask, compliance: COMPLIANCE_RULES.filter(({ name }) => chosen.includes(name)) },
    );
    const configured = await scanConfiguration(chosen, context, { isNeeded: isOfConfiguration });
    const result = relativeTo(`${cwd}/`, {
      ...found,
      findings: [...found.findings, ...configured.findings],
      unread: [...unread, ...found.unread, ...configured.unread],
    });
    if (typeof options.sarif === 'string')
      writeFileSync(
        resolve(cwd, options.sarif),
        `${JSON.stringify(toSarif(result.findings, packageVersion()), null, 2)}\n`,
      );
    if (options.json) context.terminal.out(JSON.stringify(result, null, 2));
    else print(context, result, mask.size);
    const limit = FAIL_ON.indexOf(failOn);
    const fails = result.findings.some(({ kind }) => RANK[kind] <= limit) || (limit > 0 && result.unread.length > 0);
    return fails ? 1 : 0;
  },
};

/** @throws {UsageError} (`QH_USAGE`) for a rule that there is not. */
function chosenRules(names: string | boolean | undefined): readonly string[] {
  if (typeof names !== 'string') return [];
  if (names === 'all') return RULE_NAMES;
  return names.split(',').map(given => {
    const name = given.trim();
    if (RULE_NAMES.includes(name)) return name;
    throw new UsageError(
      `--compliance names "${name}", which is no rule${didYouMean(name, RULE_NAMES)}`,
      `It can be ${RULE_NAMES.join(', ')}, or all`,
    );
  });
}

/** Code hosts know files by their path in the repository. */
function relativeTo(folder: string, result: ScanResult): ScanResult {
  const short = <T extends { readonly path: string }>(each: T): T =>
    each.path.startsWith(folder) ? { ...each, path: each.path.slice(folder.length) } : each;
  return { ...result, findings: result.findings.map(short), unread: result.unread.map(short) };
}

function print({ terminal }: CommandContext, { findings, omitted, files, unread }: ScanResult, values: number): void {
  for (const finding of findings) {
    const style = finding.kind === 'known' ? 'red' : 'yellow';
    terminal.out(
      `${placeOf(finding)}  ${terminal.paint(style, finding.rule)}  ${finding.meaning} (${finding.preview})`,
    );
  }
  if (omitted > 0) terminal.out(`… and ${omitted} more of the same in the same places`);
  for (const { path, reason } of unread) terminal.err(`${path} was not looked into: ${reason}.`);
  const count = findings.length + omitted;
  terminal.out(
    `${count === 0 ? 'Nothing' : plural(count, 'finding')} in ${plural(files, 'file')}; looked for ${plural(values, 'known value')}.`,
  );
}
