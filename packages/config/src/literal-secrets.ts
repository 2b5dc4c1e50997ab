/** Finds credentials that are written into a file, where their names belong. */
import { createMask } from '@quality-hub/telemetry';
import { type ConfigPath, leavesOf, pathText } from './config-path.ts';
import { isCredentialPlace } from './credential-place.ts';
import type { Layer } from './layers/layer.ts';

/** Keys that can be told by their form: AWS, GitHub, GitLab, npm, Slack, Stripe, Google, a private key, a signed token. */
const KNOWN_FORM =
  /^(?:(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_\w{36,}|github_pat_\w{60,}|glpat-[\w-]{20,}|npm_\w{36}|xox[abprs]-[\w-]{10,}|[sr]k_live_\w{16,}|AIza[\w-]{35}|eyJ[\w-]{10,}\.eyJ[\w-]{5,}\.[\w-]{10,})$|-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|)$/;

/**
 * One problem for each literal that looks like a secret: a text under the name of a credential, an address with a password,
 * or a text in the form of a known kind of key. What a file reads from the environment is not written in it, and an address on
 * this machine protects nothing: both are taken.
 *
 * @param text What stands in the file of the layer.
 */
export function literalSecrets({ tree, source }: Layer, text: string): readonly string[] {
  const shapes = createMask();
  return leavesOf(tree)
    .flatMap(inLists)
    .flatMap(([path, value]) => {
      const given = value instanceof URL ? value.href : value;
      if (typeof given !== 'string' || given === '' || !isWrittenIn(text, given)) return [];
      const reason = reasonFor(path, given, value => shapes.text(value) !== value);
      if (reason === undefined) return [];
      const name = nameFor(path);
      return [
        `${pathText(path)} is ${reason} in clear in ${source}; write secret('${name}'), and in the section secrets where it is kept: refs: { ${name}: 'env:${variableFor(path)}' }`,
      ];
    });
}

/** What a list holds, at every depth. */
function inLists([path, value]: Leaf): readonly Leaf[] {
  if (!Array.isArray(value)) return [[path, value]];
  return value.flatMap((one, at) => leavesOf(one, [...path, at])).flatMap(inLists);
}

type Leaf = readonly [ConfigPath, unknown];

function reasonFor(path: ConfigPath, value: string, hasShape: (value: string) => boolean): string | undefined {
  // What the section `secrets` holds are references and aliases.
  if (path[0] === 'secrets') return undefined;
  if (URL.canParse(value) && value.includes('://')) {
    const { password, hostname } = new URL(value);
    if (password !== '') return LOOPBACK.test(hostname) ? undefined : 'an address with a password';
    return hasShape(value) ? 'an address with a key' : undefined;
  }
  if (isCredentialPlace(path)) return 'a credential';
  return KNOWN_FORM.test(value) || hasShape(value) ? 'a text that looks like a key' : undefined;
}

/** Also as it stands in JSON, or with the quotes of a source file. */
function isWrittenIn(text: string, value: string): boolean {
  return text.includes(value) || text.includes(JSON.stringify(value).slice(1, -1));
}

/** `databases.shop.url` -> `shopUrl`. */
function nameFor(path: ConfigPath): string {
  const words = wordsOf(path);
  return (
    words.map((word, at) => (at === 0 ? word : word.replace(/^./, first => first.toUpperCase()))).join('') || 'name'
  );
}

function variableFor(path: ConfigPath): string {
  return (
    wordsOf(path)
      .join('_')
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toUpperCase() || 'NAME'
  );
}

function wordsOf(path: ConfigPath): readonly string[] {
  const named = path.slice(path.length > 2 ? 1 : 0).filter(key => typeof key === 'string' && key !== 'auth');
  return named.map(key => String(key).replace(/\W+/g, '_'));
}
