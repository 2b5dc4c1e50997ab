/** What a scan finds, and where. Never the value. */

export type FindingKind = 'known' | 'pattern' | 'compliance';

export interface Finding {
  readonly kind: FindingKind;
  /** `known-value`, or the name of a rule. */
  readonly rule: string;
  /** What was found, as a sentence begins. */
  readonly meaning: string;
  /** The file, as it was named to the scan. */
  readonly path: string;
  /** Inside of a zip file: its member, and so on, with `!` between them. */
  readonly member: string | undefined;
  /** From 1; undefined in what has no lines, and in names. */
  readonly line: number | undefined;
  /** Two characters and how many there are: enough to know one's own again. Of a secret of the configuration, its reference. */
  readonly preview: string;
}

/** What people read: file, member and line. */
export function placeOf({ path, member, line }: Finding): string {
  return `${path}${member === undefined ? '' : `!${member}`}${line === undefined ? '' : `:${line}`}`;
}

export function previewOf(text: string): string {
  const shown = text.length < 6 ? '' : text.slice(0, 2).replaceAll(/[^ -~]/g, '?');
  return `${shown}… ${text.length} characters`;
}
