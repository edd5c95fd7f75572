/** Notices worker threads whose event loop stands still. */
import type { WorkerThread } from "./worker-thread.ts";

/** Calls `stuck` with the index of a thread that gave no sign of life for `limit` milliseconds. Gives what ends the watch. */
export function watchThreads(
  threads: readonly WorkerThread[],
  limit: number,
  stuck: (index: number) => void,
): () => void {
  const seen = threads.map((thread) => ({ beats: thread.beats, at: performance.now() }));
  const timer = setInterval(() => {
    const now = performance.now();
    threads.forEach((thread, index) => {
      const last = seen[index];
      const { beats } = thread;
      if (last === undefined || last.beats !== beats) seen[index] = { beats, at: now };
      else if (now - last.at > limit) stuck(index);
    });
  }, limit / 4);
  timer.unref();
  return () => clearInterval(timer);
}
