/** A file of JavaScript or TypeScript with the place of everything in it. */
import { extname } from 'node:path';
import type { ParserPlugin } from '@babel/parser';
import type { Comment, File, Node, Program } from '@babel/types';
import { type SourceStyle, styleOf } from './source-style.ts';

export interface ParsedSource {
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly style: SourceStyle;
}

/** Why a file cannot be read. */
export interface SyntaxProblem {
  readonly line: number;
  readonly problem: string;
}

export type ParseSource = (path: string, text: string) => ParsedSource | SyntaxProblem;

/** Loads Babel's parser, which is also the one Playwright reads these files with. It is heavy: only `init` needs it. */
export async function loadParser(): Promise<ParseSource> {
  const { parse } = await import('@babel/parser');
  return (path, text) => {
    try {
      const file: File = parse(text, {
        sourceType: 'unambiguous',
        plugins: pluginsFor(path),
        attachComment: false,
        createParenthesizedExpressions: true,
        allowUndeclaredExports: true,
        allowReturnOutsideFunction: true,
      });
      return { text, program: file.program, comments: file.comments ?? [], style: styleOf(text, file.program) };
    } catch (error) {
      const { loc, message } = error as SyntaxError & { loc?: { line: number } };
      return { line: loc?.line ?? 1, problem: message.replace(/\s*\(\d+:\d+\)/, '').split('\n', 1)[0] ?? '' };
    }
  };
}

export function isProblem(parsed: ParsedSource | SyntaxProblem): parsed is SyntaxProblem {
  return 'problem' in parsed;
}

export function lineOf(node: Node): number {
  return node.loc?.start.line ?? 1;
}

/** `root` and everything in it, as it stands in the text. Without recursion: sums of long lists nest deeply. */
export function* everyNode(root: Node): Generator<Node> {
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    waiting.push(...Object.values(node).flat().filter(isNode).reverse());
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;
}

function pluginsFor(path: string): ParserPlugin[] {
  const newer: ParserPlugin[] = ['decorators', 'decoratorAutoAccessors', 'explicitResourceManagement'];
  const extension = extname(path);
  if (!/^\.[cm]?tsx?$/.test(extension)) return ['jsx', ...newer];
  return extension === '.tsx' ? ['typescript', 'jsx', ...newer] : ['typescript', ...newer];
}
