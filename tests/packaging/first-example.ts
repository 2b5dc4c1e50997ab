/** The first example of the README, which must run as it stands. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const MARK = '<!-- example: first -->';

const STAND_IN = `import { expect, test } from '@quality-hub/test';

test('an order shows its number', async ({ page }) => {
  await page.setContent('<h1>Order 17</h1>');
  await expect(page.getByRole('heading')).toHaveText('Order 17');
});
`;

/** @throws when the README is there and has no example behind the mark */
export function firstExample(): string {
  if (!existsSync(README)) return STAND_IN;
  const [, after] = readFileSync(README, 'utf8').split(MARK);
  const example = after && /^\s*```ts\n([\s\S]*?)```/.exec(after)?.[1];
  if (!example)
    throw new Error(`README.md has no \`\`\`ts block right behind ${MARK}: the first example must be there to be run.`);
  return example;
}
