/** Which environments hold in one, in the order in which they count. */
import type { EnvironmentWords } from '../config-words.ts';
import { meant } from '../meant.ts';

export interface EnvironmentChain {
  /** What is inherited first, the environment itself last; each once. */
  readonly names: readonly string[];
  readonly problems: readonly string[];
}

/** Of several in `extends`, the last one counts most; an environment counts more than what it extends. */
export function environmentChain(
  name: string,
  environments: Readonly<Record<string, EnvironmentWords>>,
): EnvironmentChain {
  const names: string[] = [];
  const problems: string[] = [];
  const known = Object.keys(environments);
  const visit = (current: string, way: readonly string[]): void => {
    if (way.includes(current)) {
      problems.push(`environments.${way[0]} extends itself: ${[...way, current].join(' -> ')}`);
      return;
    }
    const environment = environments[current];
    if (environment === undefined) {
      problems.push(
        `environments.${way.at(-1)}.extends is "${current}", which is no environment${meant(current, known)}`,
      );
      return;
    }
    for (const above of parentsOf(environment)) visit(above, [...way, current]);
    if (!names.includes(current)) names.push(current);
  };
  visit(name, []);
  return { names, problems: [...new Set(problems)] };
}

function parentsOf({ extends: above }: EnvironmentWords): readonly string[] {
  return above === undefined ? [] : [above].flat();
}
