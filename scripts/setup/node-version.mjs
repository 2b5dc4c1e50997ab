/** Refuses a Node that cannot run the set-up. Written in old syntax, so that an old Node can still read and say it. */

const OLDEST_MAJOR = 18;

export function requireNode(version) {
  const major = Number(version.split('.')[0].replace('v', ''));
  if (major >= OLDEST_MAJOR) return;
  console.error(
    'Node ' +
      version +
      ' is too old for the set-up: install Node 20 or later from https://nodejs.org and run the command again.',
  );
  process.exit(1);
}
