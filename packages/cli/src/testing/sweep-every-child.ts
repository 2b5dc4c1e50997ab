/** `quality-hub sweep --every` in this process, with an interval that the command refuses: `milliseconds [--json]`. */
import { sweepEvery } from '../sweep/sweep-every.ts';
import { endSignal } from '../terminal/end-signal.ts';
import { createTerminal } from '../terminal/terminal.ts';

const [everyMs, json] = process.argv.slice(2);
const terminal = createTerminal(process.stdout, process.stderr, process.env);
const place = { terminal, cwd: process.cwd(), env: process.env, environment: undefined };
const schedule = { everyMs: Number(everyMs), signal: endSignal() };
process.exitCode = await sweepEvery({ json: json === '--json', filter: {}, timeoutMs: 60_000 }, place, schedule);
