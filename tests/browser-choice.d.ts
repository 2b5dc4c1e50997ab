/** Types of `scripts/browser.mjs`, which must stay plain JavaScript: the set-up runs it on an older Node. */
declare module '*/scripts/browser.mjs' {
  export interface BrowserChoice {
    readonly kind: 'named' | 'playwright' | 'system' | 'none';
    readonly executablePath?: string;
    readonly args: string[];
  }
  type Environment = Readonly<Record<string, string | undefined>>;
  export function chooseBrowser(environment?: Environment): BrowserChoice;
  export function hasPlaywrightChromium(environment?: Environment): boolean;
  export function findSystemChromium(environment?: Environment): string | undefined;
}
