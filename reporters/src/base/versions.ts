/** Whether this Node and this Playwright can carry the reporter; below the floor it says so and stands aside. */

const NODE_FLOOR = [22, 19] as const;
const PLAYWRIGHT_FLOOR = [1, 62] as const;

/** One sentence for a version that is too old, or undefined. */
export function unsupportedVersion(playwright: string, node: string = process.versions.node): string | undefined {
  if (isBelow(node, NODE_FLOOR)) {
    return `Quality Hub needs Node 22.19 or newer and this is ${node}; this run is not recorded. Update Node.`;
  }
  if (isBelow(playwright, PLAYWRIGHT_FLOOR)) {
    return `Quality Hub needs Playwright 1.62 or newer and this is ${playwright}; this run is not recorded. Update @playwright/test.`;
  }
  return undefined;
}

function isBelow(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a < major || (a === major && b < minor);
}
