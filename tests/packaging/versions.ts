/** The versions that users' projects are tested with, and which of them meet. */
import type { Installer, ModuleKind } from './user-project.ts';

/** The last patch of each minor version of Playwright that we support. */
export const PLAYWRIGHTS = ['1.62.1', '1.63.0', '1.64.1', '1.65.1'] as const;
/** The oldest that we support, the one this repository is developed with, and the newest there is. */
export const NODES = ['22.19.0', '24.21.0', '26.10.0'] as const;
export const INSTALLERS: readonly Installer[] = ['npm', 'pnpm'];
export const MODULE_KINDS: readonly ModuleKind[] = ['module', 'commonjs'];

/** Below what we support: there our parts stand aside. */
export const TOO_OLD = { playwrights: ['1.55.1', '1.61.1'], node: '20.20.2' } as const;

export interface Combination {
  readonly playwright: string;
  readonly installer: Installer;
  readonly node: string;
  readonly kind: ModuleKind;
}

/** Every version with every other. */
export function everyCombination(): Combination[] {
  return PLAYWRIGHTS.flatMap(playwright =>
    INSTALLERS.flatMap(installer =>
      NODES.flatMap(node => MODULE_KINDS.map(kind => ({ playwright, installer, node, kind }))),
    ),
  );
}

/** Any two versions meet at least once, in a quarter of all combinations. */
export function pairedCombinations(): Combination[] {
  const [npm, pnpm] = ['npm', 'pnpm'] as const;
  const [esm, cjs] = ['module', 'commonjs'] as const;
  const rows: readonly (readonly (readonly [Installer, ModuleKind])[])[] = [
    [
      [npm, esm],
      [pnpm, cjs],
      [npm, cjs],
    ],
    [
      [pnpm, cjs],
      [npm, esm],
      [pnpm, esm],
    ],
    [
      [npm, cjs],
      [pnpm, esm],
      [pnpm, esm],
    ],
    [
      [pnpm, esm],
      [npm, cjs],
      [npm, cjs],
    ],
  ];
  return PLAYWRIGHTS.flatMap((playwright, row) =>
    NODES.flatMap((node, column) => {
      const cell = rows[row]?.[column];
      return cell ? [{ playwright, installer: cell[0], node, kind: cell[1] }] : [];
    }),
  );
}

export function nameOf({ playwright, installer, node, kind }: Combination): string {
  return `Playwright ${playwright}, Node ${node}, ${kind === 'module' ? 'ESM' : 'CommonJS'}, ${installer}`;
}
