/** Child process: loads files as plain Node does, and prints what came of each. */
import { loadConfig } from '../load-config.ts';

const answers: unknown[] = [];
for (const path of process.argv.slice(2)) {
  try {
    const { config, problems } = await loadConfig(path);
    answers.push({ config, problems });
  } catch (error) {
    const { message, code, problems } = error as { message: string; code?: string; problems?: readonly string[] };
    answers.push({ message, code, problems });
  }
}
process.stdout.write(JSON.stringify(answers));
