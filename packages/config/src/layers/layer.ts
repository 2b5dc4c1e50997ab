/** One source of a configuration. Later ones count more. */

/** In the order in which they count: the last one most. */
export const LAYER_KINDS = ['file', 'environment', 'local', 'variable', 'set', 'hub', 'update', 'test'] as const;

export type LayerKind = (typeof LAYER_KINDS)[number];

export interface Layer {
  readonly kind: LayerKind;
  /** For people: `environment staging in quality-hub.config.ts`, `QH__shop__baseURL`. */
  readonly source: string;
  /** The file it stands in. */
  readonly path?: string;
  /** Sections and values, as far as the layer has them. */
  readonly tree: Readonly<Record<string, unknown>>;
}

/**
 * A layer from elsewhere, such as the hub: settings that an administrator makes for all suites. It counts more than all that
 * the suite itself says.
 */
export interface LayerSource {
  /** For people: `hub https://hub.example`. */
  readonly name: string;
  /** What the layer holds now; undefined where it has nothing. A failure is told, and the layer left out. */
  read(options: {
    readonly environment: string | undefined;
    readonly signal?: AbortSignal;
  }): Promise<object | undefined>;
}
