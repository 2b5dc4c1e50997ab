/** Debian's and Ubuntu's packages, installed only where that is possible without asking: as root, or with a sudo that needs no password. */
import { existsSync } from 'node:fs';
import { run } from './processes.mjs';

const APT_TIMEOUT_MS = 5 * 60_000;

/** @returns {Promise<readonly string[] | undefined>} the words in front of a command that make it run as root; undefined where that is impossible */
export async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = await run('sudo', ['-n', 'true']);
  return sudo.code === 0 ? ['sudo', '-n'] : undefined;
}

/**
 * @param {readonly string[]} names
 * @returns {Promise<{ ok: boolean, why: string }>} `why` is a half sentence for the reader
 */
export async function aptInstall(names, { log } = {}) {
  if (!existsSync('/usr/bin/apt-get')) return { ok: false, why: 'this system has no apt-get' };
  const prefix = await rootPrefix();
  if (!prefix) return { ok: false, why: 'apt-get needs root or a sudo without password' };
  const apt = args => {
    const words = [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-o',
      'DPkg::Lock::Timeout=120',
      ...args,
    ];
    return run(words[0], words.slice(1), { log, timeoutMs: APT_TIMEOUT_MS });
  };
  let result = await apt(['install', '-y', '--no-install-recommends', ...names]);
  if (result.code !== 0) {
    await apt(['update']);
    result = await apt(['install', '-y', '--no-install-recommends', ...names]);
  }
  return result.code === 0
    ? { ok: true, why: '' }
    : { ok: false, why: `apt-get could not install ${names.join(', ')}` };
}
