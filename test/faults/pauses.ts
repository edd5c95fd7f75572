/** How long this process was kept from running lately: on a busy machine it sees late what happened in time. */
const EVERY = 100;
const KEPT = 30_000;

interface Pause {
  readonly at: number;
  readonly milliseconds: number;
}

const pauses: Pause[] = [];
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  const milliseconds = now - last - EVERY;
  last = now;
  if (milliseconds > EVERY) pauses.push({ at: now, milliseconds });
  while (pauses.length > 0 && pauses[0]!.at < now - KEPT) pauses.shift();
}, EVERY).unref();

/** Milliseconds, of those that ended after `since` (performance.now()); the one that may be under way included. */
export function longestPause(since: number): number {
  const running = performance.now() - last - EVERY;
  return pauses.reduce(
    (longest, { at, milliseconds }) => (at > since ? Math.max(longest, milliseconds) : longest),
    running,
  );
}
