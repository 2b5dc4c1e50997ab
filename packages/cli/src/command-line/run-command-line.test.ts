import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { runBin } from '../testing/run-bin.ts';
import { packageVersion } from './package-version.ts';
import { COMMANDS, runCommandLine } from './run-command-line.ts';

const cwd = mkdtempSync(join(tmpdir(), 'qh-cli-'));
afterAll(() => rmSync(cwd, { recursive: true }));

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal();
  const code = await runCommandLine(argv, { terminal, cwd, env: {} });
  return { code, out: terminal.lines.join('\n'), err: terminal.errors.join('\n') };
}

test('the version is that of the package', async () => {
  expect(await run('--version')).toEqual({ code: 0, out: packageVersion(), err: '' });
  expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
});

test('help names every command, its options, exit codes and the environment', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  for (const { name } of COMMANDS) expect(out).toContain(`  ${name}`);
  expect(out).toMatch(/QUALITY_HUB_DIR[^]*NO_COLOR[^]*Exit codes/);
  expect(await run()).toEqual({ code: 0, out, err: '' });
  expect(await run('help')).toEqual({ code: 0, out, err: '' });
});

describe('every command explains itself', () => {
  test.each(COMMANDS.map(command => [command.name, command] as const))('%s', async (name, command) => {
    const { code, out } = await run(name, '--help');
    expect(code).toBe(0);
    for (const option of Object.keys(command.options)) expect(out).toContain(`--${option}`);
    expect(out).toMatch(/Usage[^]*Options[^]*Exit codes[^]*Examples/);
    expect((await run('help', name)).out).toBe(out);
    expect((await run(name, '--wrong', '-h')).out).toBe(out);
  });
});

test('help fits a narrow terminal', async () => {
  const terminal = recordingTerminal(40);
  for (const command of COMMANDS) await runCommandLine([command.name, '--help'], { terminal, cwd, env: {} });
  const tooLong = terminal.lines.filter(line => line.length > 40 && !/^ {2}\S/.test(line));
  expect(tooLong).toEqual([]);
});

describe('wrong words are told in one sentence, with exit code 2', () => {
  const cases: [string, string[], RegExp][] = [
    [
      'an unknown command',
      ['shwo'],
      /no command "shwo"; did you mean "show"\?.*show, runs, flags, .*finalize, .*doctor/,
    ],
    ['a command nobody could mean', ['frobnicate'], /no command "frobnicate"\. Commands are/],
    ['an option before the command', ['--hepl'], /no option --hepl; did you mean "--help"/],
    ['an unknown option', ['show', '--jsno'], /show has no option --jsno; did you mean --json\?/],
    ['an unknown short option', ['show', '-x'], /show has no option -x/],
    ['a property of every object', ['show', '--constructor'], /no option --constructor/],
    ['a value that is missing', ['show', '--limit'], /--limit needs a value/],
    ['a value that is another option', ['show', '--verdict', '--json'], /--verdict needs a value: --verdict <verdict>/],
    ['a value that is not wanted', ['show', '--json=yes'], /--json takes no value, "yes" was given/],
    ['an operand too many', ['show', 'one', 'two'], /show does not know what to do with "two"/],
    ['an operand for a command without', ['runs', 'all'], /runs does not know what to do with "all"/],
    ['a limit that is no number', ['runs', '--limit', 'ten'], /--limit is "ten", a whole number of at least 1/],
    ['a limit of nothing', ['show', '--limit=0'], /--limit is "0"/],
    ['an unknown verdict', ['show', '--verdict', 'prodct'], /--verdict is "prodct"; did you mean "product"\?/],
    ['a filter for the whole report', ['show', '--json', '--verdict', 'product'], /--json prints the whole report/],
    ['a command to explain that is not', ['help', 'dctor'], /did you mean "doctor"/],
  ];
  test.each(cases)('%s', async (_, argv, sentence) => {
    const { code, out, err } = await run(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(sentence);
    expect(err).not.toContain('\n');
  });
});

test('where nothing was recorded, the searched folder and the next step are told', async () => {
  for (const name of ['show', 'runs']) {
    const { code, err } = await run(name);
    expect(code).toBe(1);
    expect(err).toBe(
      `quality-hub: There is no .quality-hub in ${cwd} or any folder above it. Run your tests with the reporter @quality-hub/reporters first, or name another folder in QUALITY_HUB_DIR.`,
    );
  }
});

test('a folder that QUALITY_HUB_DIR names and that is not there is told', async () => {
  const terminal = recordingTerminal();
  const code = await runCommandLine(['show'], { terminal, cwd, env: { QUALITY_HUB_DIR: 'elsewhere' } });
  expect([code, terminal.errors[0]]).toEqual([
    1,
    expect.stringContaining('There is no folder elsewhere, which QUALITY_HUB_DIR names'),
  ]);
});

test('an older Node is told which one is needed, before anything else is loaded', async () => {
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '22.18.0' });";
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(pretend)}` };
  expect(await runBin(['show'], { cwd, env })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'quality-hub needs Node 22.19 or newer; this is 22.18.0.\n',
  });
});
