/** The package a file belongs to: the nearest one above it that asks for Playwright. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PLAYWRIGHT } from '../edits/edit-imports.ts';

export const SECTIONS = ['devDependencies', 'dependencies', 'peerDependencies'] as const;

export type Manifest = {
  readonly name?: unknown;
  readonly packageManager?: unknown;
} & { readonly [section in (typeof SECTIONS)[number]]?: Readonly<Record<string, string>> };

/** Path of the `package.json` that names `@playwright/test`, from `folder` upwards. One that is not JSON names nothing. */
export function owningManifest(folder: string): string | undefined {
  return upwards(folder)
    .map(each => join(each, 'package.json'))
    .find(path => SECTIONS.some(section => readManifest(path)?.[section]?.[PLAYWRIGHT] !== undefined));
}

export function nearestManifest(folder: string): string | undefined {
  return upwards(folder)
    .map(each => join(each, 'package.json'))
    .find(path => existsSync(path));
}

/** Undefined where there is none, or none that can be read. */
export function readManifest(path: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `folder` and all above it. */
export function upwards(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}
