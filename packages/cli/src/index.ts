/**
 * The `quality-hub` command.
 *
 * Reads what runs have left behind, through the hub, and writes it for people or as JSON. Knows command lines and
 * terminals; does not know how events are stored or judged.
 */

export type { CommandContext } from './command-line/command.ts';
export { runCommandLine } from './command-line/run-command-line.ts';
export { createTerminal, type OutputStream, type Terminal } from './terminal/terminal.ts';
