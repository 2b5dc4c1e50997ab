/**
 * Wakes waiters of other processes: each process that waits has a small file, and who lets go of something writes into it
 * whose turn has come. The system tells of the write, so nobody has to ask again and again, and nobody is woken for others.
 */
import {
  closeSync,
  constants,
  type FSWatcher,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  watch,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BellBoard } from '../../leases/bell-board.ts';

/** Where the system does not tell of writes, or forgets one. */
const LOOK_MS = 250;
const LOOK_WITHOUT_WATCH_MS = 20;
const LARGEST_BYTES = 1_048_576;
/** A bell of a process that was killed. */
const STALE_MS = 24 * 3_600_000;

type WatchFile = (path: string, options: { readonly persistent: false }, tell: () => void) => FSWatcher;

export class BellFiles {
  readonly board: BellBoard;
  readonly #folder: string;
  readonly #watchFile: WatchFile;
  #own: { readonly name: string; readonly file: number; readonly watcher: FSWatcher | undefined } | undefined;
  #read = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(folder: string, { watchFile = watch as WatchFile } = {}) {
    this.#folder = folder;
    this.#watchFile = watchFile;
    // Only while somebody listens; then the process stays alive for it.
    this.board = new BellBoard(isAny => {
      clearInterval(this.#looking);
      this.#looking = isAny ? setInterval(() => this.#look(), this.#lookMs()) : undefined;
    });
  }

  /** The name of this process's bell, which is hung up with the first call. */
  own(): string {
    this.#own ??= this.#hangUp();
    return this.#own.name;
  }

  ring(ticket: string, bell: string | undefined): void {
    if (bell === undefined || bell === this.#own?.name) {
      this.board.ring(ticket);
      return;
    }
    try {
      // Not made anew: its process has ended, and nobody would take it away.
      const file = openSync(join(this.#folder, bell), constants.O_WRONLY | constants.O_APPEND);
      try {
        writeSync(file, `${ticket}\n`);
      } finally {
        closeSync(file);
      }
    } catch {
      // Who is not woken asks again by itself, at the end of what is in its way.
    }
  }

  close(): void {
    this.board.close();
    clearInterval(this.#looking);
    if (!this.#own) return;
    this.#own.watcher?.close();
    closeSync(this.#own.file);
    rmSync(join(this.#folder, this.#own.name), { force: true });
    this.#own = undefined;
  }

  #hangUp() {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#takeStaleDown();
    const name = `${process.pid}-${Math.random().toString(36).slice(2, 10)}`;
    const path = join(this.#folder, name);
    const file = openSync(path, 'a+', 0o600);
    this.#read = 0;
    return { name, file, watcher: this.#watch(path) };
  }

  /** Too many watches are open, or the file system has none: then the file is looked at. */
  #watch(path: string): FSWatcher | undefined {
    try {
      const watcher = this.#watchFile(path, { persistent: false }, () => this.#hear());
      watcher.on('error', () => {});
      return watcher;
    } catch {
      return undefined;
    }
  }

  #lookMs(): number {
    return this.#own !== undefined && this.#own.watcher === undefined ? LOOK_WITHOUT_WATCH_MS : LOOK_MS;
  }

  #look(): void {
    this.#hear();
    // What other processes let go is told to those who have a place in the queue.
    this.board.ringTicketless();
  }

  #hear(): void {
    if (!this.#own) return;
    try {
      const { size } = fstatSync(this.#own.file);
      if (size <= this.#read) return;
      const bytes = Buffer.alloc(size - this.#read);
      const got = readSync(this.#own.file, bytes, 0, bytes.length, this.#read);
      // A line that is not whole yet is read with the next one.
      const whole = bytes.subarray(0, bytes.subarray(0, got).lastIndexOf(10) + 1);
      this.#read += whole.length;
      for (const ticket of whole.toString('utf8').split('\n')) if (ticket !== '') this.board.ring(ticket);
      if (this.#read > LARGEST_BYTES) this.#beginAnew();
    } catch {
      this.board.ringAll();
    }
  }

  /** What is written between the last look and now is lost: so everybody looks. */
  #beginAnew(): void {
    if (this.#own) ftruncateSync(this.#own.file, 0);
    this.#read = 0;
    this.board.ringAll();
  }

  #takeStaleDown(): void {
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      try {
        if (!isAlive(Number(name.split('-')[0])) && Date.now() - statSync(path).mtimeMs > STALE_MS) rmSync(path);
      } catch {
        // Another process has taken it down.
      }
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
