/** Where a command writes: text, colours where they are wanted, and the width to write for. */
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  readonly paint: Paint;
  /** Colours for `err`, which may go elsewhere than `out`. */
  readonly paintErr: Paint;
  /** Columns of the terminal; unlimited in a file or a pipe, so that lines can be searched. */
  readonly width: number;
  /** One line from the user, empty where the input ends first. Absent where there is nobody to ask. */
  readonly ask?: (question: string) => Promise<string>;
  /** The same, without showing what is typed. */
  readonly askHidden?: (question: string) => Promise<string>;
  /** All that comes through a pipe. Absent where a person sits at the keyboard. */
  readonly piped?: () => Promise<string>;
}

export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export type InputStream = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  readonly setRawMode?: (mode: boolean) => unknown;
};

/** `NO_COLOR` switches colours off, `FORCE_COLOR` on or (`0`) off; else a terminal has them and a file has not. */
export function createTerminal(
  out: OutputStream,
  err: OutputStream,
  env: NodeJS.ProcessEnv,
  input?: InputStream,
): Terminal {
  const canAsk = input?.isTTY === true && out.isTTY === true;
  return {
    out: line => void out.write(`${line}\n`),
    err: line => void err.write(`${line}\n`),
    paint: painter(wantsColour(out, env)),
    paintErr: painter(wantsColour(err, env)),
    width: out.isTTY ? Math.max(out.columns ?? 80, 20) : Number.POSITIVE_INFINITY,
    ...(canAsk
      ? { ask: question => ask(input, out, question), askHidden: question => askHidden(input, out, question) }
      : {}),
    ...(input !== undefined && input.isTTY !== true ? { piped: () => text(input) } : {}),
  };
}

/** The terminal echoes and edits the line by itself. */
function ask(input: InputStream, out: OutputStream, question: string): Promise<string> {
  out.write(question);
  const lines = createInterface({ input });
  return new Promise(resolve => {
    let answer: string | undefined;
    lines.once('line', line => {
      answer = line;
      lines.close();
    });
    lines.once('close', () => {
      if (answer === undefined) out.write('\n');
      resolve(answer ?? '');
    });
  });
}

const ENTER = /[\r\n]/;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACE = /[\b\u007f]/;

/** Key by key, without the terminal's own echo. Ctrl+C ends the process as it does everywhere. */
function askHidden(input: InputStream, out: OutputStream, question: string): Promise<string> {
  out.write(question);
  input.setRawMode?.(true);
  input.setEncoding('utf8');
  input.resume();
  return new Promise(resolve => {
    let answer = '';
    const end = (): void => {
      input.off('data', take);
      input.off('end', end);
      input.setRawMode?.(false);
      input.pause();
      out.write('\n');
      resolve(answer);
    };
    const take = (typed: string | Buffer): void => {
      for (const key of String(typed)) {
        if (key === CTRL_C) {
          end();
          process.kill(process.pid, 'SIGINT');
          return;
        }
        if (ENTER.test(key) || key === CTRL_D) {
          end();
          return;
        }
        answer = BACKSPACE.test(key) ? [...answer].slice(0, -1).join('') : answer + key;
      }
    };
    input.on('data', take);
    input.once('end', end);
  });
}

function wantsColour(stream: OutputStream, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR) return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

function painter(coloured: boolean): Paint {
  return coloured ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}
