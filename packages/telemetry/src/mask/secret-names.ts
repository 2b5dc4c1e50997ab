/** Which names promise a secret: keys of objects, names of environment variables, labels of input fields. */

const WORDS =
  'pass(?:word|wd|phrase|code)?|pwd|secret|token|jwt|api[-_]?key|access[-_]?key|private[-_]?key|signing[-_]?key|encryption[-_]?key|credentials?|authorization|cookie|session[-_]?id|dsn|connection[-_]?string';

const KEY = new RegExp(
  `^(?:(?:proxy|x|set|client|access|refresh|id|auth|bearer|csrf|xsrf|user|new|old|current|db|api)[-_]?)*(?:${WORDS})s?$`,
  'i',
);
const VARIABLE = new RegExp(`(?:^|[_.-])(?:${WORDS}|key|auth|pat)(?:$|[_.-])`, 'i');
const LABEL = /pass(?:word|phrase|code)|secret|\btoken\b|api[-_ ]?key|\bpin\b|\bcvc\b|\bcvv\b/i;

/** True for a key such as `authorization`, `accessToken` or `client_secret`. */
export function isSecretKey(key: string): boolean {
  return key.length <= 40 && KEY.test(key.replace(/([a-z])([A-Z])/g, '$1_$2'));
}

/** True for a variable such as `DB_PASSWORD`, `GITHUB_TOKEN` or `STRIPE_KEY`. */
export function isSecretVariable(name: string): boolean {
  return VARIABLE.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'));
}

/** True for the label or selector of a field that people type secrets into. */
export function isSecretField(label: string): boolean {
  return LABEL.test(label);
}
