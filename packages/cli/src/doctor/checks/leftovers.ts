/** What tests have created and nobody has removed. */
import { errorSentence } from '@quality-hub/protocol';
import { leftoversHere } from '../../sweep/leftovers-here.ts';
import type { CheckResult, Patient } from '../check.ts';

export async function checkLeftovers({ dir, env }: Pick<Patient, 'dir' | 'env'>): Promise<CheckResult> {
  const name = 'leftovers';
  try {
    const found = await leftoversHere({ cwd: dir, env });
    if (found?.words === undefined) return { name, status: 'ok', message: 'Nothing that tests have created is left' };
    const remedy = '`quality-hub sweep` removes it; let CI run it each night as well';
    return { name, status: 'warn', message: capital(found.words), remedy };
  } catch (error) {
    const message = `What tests have left behind is not known: ${errorSentence(error)}`;
    return { name, status: 'warn', message, remedy: 'Mend the configuration or the store that it names' };
  }
}

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
