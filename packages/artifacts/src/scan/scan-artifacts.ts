/** Looks for secrets in files and folders, and inside of what is packed in them. */
import {
  closeSync,
  createWriteStream,
  fstatSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Mask } from '@quality-hub/telemetry';
import { ArchiveError } from '../errors.ts';
import { gunzipped, isGzip } from '../mask/mask-gzip.ts';
import { carriedZips, isPage, unpackCarried } from '../mask/mask-page.ts';
import { piecesOf } from '../mask/mask-pieces.ts';
import { secretFinder } from '../patterns/find-secrets.ts';
import { SECRET_RULES, type SecretRule } from '../patterns/secret-rules.ts';
import { isZip } from '../zip/zip-layout.ts';
import { ZipReader } from '../zip/zip-reader.ts';
import type { ComplianceRule } from './compliance-rules.ts';
import { type Finding, previewOf } from './finding.ts';
import { KNOWN_VALUE, type Searched, scanPieces } from './scan-pieces.ts';

/** Nobody's results: a scan of a whole project looks at what the project wrote. */
const SKIPPED = new Set(['node_modules', '.git']);
const CODE = new Set(['.js', '.mjs', '.cjs', '.css', '.map', '.html', '.htm', '.svg', '.wasm']);
/** Of one rule in one place; more of the same tells nothing new. */
const MOST_OF_A_KIND = 20;
/** Zip files inside of zip files, and so on. */
const DEEPEST = 4;
const HEAD_BYTES = 512;

export interface ScanOptions {
  /** Knows the values that are looked for; a mask of none finds none. */
  readonly mask: Mask;
  /** @default all of them */
  readonly patterns?: readonly SecretRule[];
  /** @default none */
  readonly compliance?: readonly ComplianceRule[];
  /** Called before each file. */
  readonly onProgress?: (path: string) => void;
}

export interface ScanResult {
  readonly findings: readonly Finding[];
  /** Findings of the same rule in the same place beyond the first 20: counted, not listed. */
  readonly omitted: number;
  readonly files: number;
  /** What could not be looked into. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Looks through every byte of the files and folders at `paths`: names, contents, members of zip files and what is packed
 * in them, the data inside of an HTML report, files packed by gzip. Links are not followed. Nothing is changed.
 */
export async function scanArtifacts(paths: readonly string[], options: ScanOptions): Promise<ScanResult> {
  const scan = new Scan(options);
  try {
    for (const path of paths) await scan.path(path);
    return scan.result();
  } finally {
    scan.close();
  }
}

class Scan {
  readonly #searched: Searched;
  readonly #onProgress: ((path: string) => void) | undefined;
  readonly #findings: Finding[] = [];
  readonly #unread: { path: string; reason: string }[] = [];
  readonly #counts = new Map<string, number>();
  #omitted = 0;
  #files = 0;
  #folder: string | undefined;
  #unpacked = 0;

  constructor({ mask, patterns = SECRET_RULES, compliance = [], onProgress }: ScanOptions) {
    const findPatterns = patterns.length === 0 ? undefined : secretFinder(patterns);
    this.#searched = { mask, findPatterns, compliance };
    this.#onProgress = onProgress;
  }

  result(): ScanResult {
    return { findings: this.#findings, omitted: this.#omitted, files: this.#files, unread: this.#unread };
  }

  close(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  async path(path: string): Promise<void> {
    try {
      const found = lstatSync(path);
      this.#name(path, undefined, basename(path));
      if (found.isDirectory()) {
        for (const name of readdirSync(path).toSorted()) if (!SKIPPED.has(name)) await this.path(join(path, name));
      } else if (found.isFile()) {
        this.#onProgress?.(path);
        this.#files++;
        await this.#file(path, path, undefined, 0);
      }
    } catch (error) {
      this.#unread.push({ path, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @param file What is read; `path` and `member` are where it comes from. */
  async #file(file: string, path: string, member: string | undefined, depth: number): Promise<void> {
    const fd = openSync(file, 'r');
    try {
      const [head = Buffer.alloc(0)] = piecesOf(fd, 0, HEAD_BYTES);
      if (isZip(head) && depth < DEEPEST) {
        if (await this.#zip(file, path, member, depth)) return;
      }
      if (isGzip(head)) await this.#gzip(file, path, member);
      await this.#pieces(piecesOf(fd, 0, fstatSync(fd).size), path, member);
      if (!isPage(head)) return;
      for (const part of carriedZips(fd, statSync(file).size)) {
        const zip = this.#place();
        unpackCarried(fd, part, zip);
        await this.#zip(zip, path, joined(member, 'data'), depth + 1);
        rmSync(zip);
      }
    } finally {
      closeSync(fd);
    }
  }

  /** False where it cannot be read as one: what stands in it as it is can be found all the same. */
  async #zip(file: string, path: string, within: string | undefined, depth: number): Promise<boolean> {
    let zip: ZipReader;
    try {
      zip = new ZipReader(file);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      this.#unread.push({
        path: within === undefined ? path : `${path}!${within}`,
        reason: 'it is no zip file that can be read',
      });
      return false;
    }
    try {
      for (const member of zip.members) {
        if (member.name.endsWith('/')) continue;
        const name = joined(within, member.name);
        this.#name(path, name, member.name);
        if (member.compressedBytes === 0) continue;
        // What is packed again has to be looked into from its end.
        if (/\.(?:zip|html?|gz)$/i.test(member.name) && depth < DEEPEST) {
          const inner = this.#place();
          await pipeline(zip.stream(member), createWriteStream(inner, { mode: 0o600 }));
          await this.#file(inner, path, name, depth + 1);
          rmSync(inner);
        } else await this.#pieces(zip.stream(member) as AsyncIterable<Buffer>, path, name);
      }
      return true;
    } finally {
      zip.close();
    }
  }

  async #gzip(file: string, path: string, within: string | undefined): Promise<void> {
    const inner = this.#place();
    if (!(await gunzipped(file, inner))) return;
    const fd = openSync(inner, 'r');
    await this.#pieces(piecesOf(fd, 0, fstatSync(fd).size), path, joined(within, 'unpacked'));
    closeSync(fd);
    rmSync(inner);
  }

  async #pieces(
    pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
    path: string,
    member: string | undefined,
  ): Promise<void> {
    const isCode = CODE.has(extname(member ?? path).toLowerCase());
    for await (const { text, ...hit } of scanPieces(pieces, this.#searched, isCode))
      this.#add({ ...hit, path, member, preview: previewOf(text) });
  }

  #name(path: string, member: string | undefined, name: string): void {
    const [span] = this.#searched.mask.find(Buffer.from(name).toString('latin1'));
    if (span === undefined) return;
    const meaning = 'value that is known to be secret, in the name of the file';
    const preview = previewOf(name.slice(span.start, span.end));
    this.#add({ kind: 'known', rule: KNOWN_VALUE, meaning, path, member, line: undefined, preview });
  }

  #add(finding: Finding): void {
    const key = `${finding.rule} ${finding.path} ${finding.member ?? ''}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count > MOST_OF_A_KIND) this.#omitted++;
    else this.#findings.push(finding);
  }

  #place(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'quality-hub-scan-'));
    return join(this.#folder, String(this.#unpacked++));
  }
}

function joined(within: string | undefined, name: string): string {
  return within === undefined ? name : `${within}!${name}`;
}
