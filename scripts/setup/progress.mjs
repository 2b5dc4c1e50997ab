/**
 * One line per step: what runs, how it ended, how long it took. Works with and without a terminal. On stderr: the output of
 * a command that sets up first, such as a benchmark's figures, stays its own.
 */

const live = process.stderr.isTTY && !process.env.CI;

/**
 * Runs a step and shows it.
 *
 * @template T
 * @param {string} name
 * @param {(say: (note: string) => void) => Promise<T>} work `say` replaces the note behind the name
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const startedAt = performance.now();
  let note = '';
  const show = () => live && process.stderr.write(`\r\x1b[K  … ${name}${note && ` (${note})`}`);
  show();
  try {
    const result = await work(text => {
      note = text;
      show();
    });
    end('ok  ');
    return result;
  } catch (error) {
    end('FAIL');
    throw error;
  }
  function end(mark) {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stderr.write(`${live ? '\r\x1b[K' : ''}  ${mark} ${name}${note && ` (${note})`}  ${seconds} s\n`);
  }
}
