/** Where batches of log lines go. */
import { write } from "node:fs";
import type { LogOutput } from "./log-queue.ts";

/** Milliseconds until a descriptor that takes nothing is tried again. */
const RETRY = 10;

/**
 * Through libuv's thread pool: `process.stdout` writes to pipes and files synchronously on POSIX systems, and a reader that stops
 * reading would stop the event loop with it. One output per descriptor, or lines of two batches could mix.
 */
export function descriptorOutput(descriptor: number): LogOutput {
  return (text, done) => writeAll(descriptor, Buffer.from(text), 0, done);
}

function writeAll(descriptor: number, bytes: Buffer, offset: number, done: () => void): void {
  write(descriptor, bytes, offset, bytes.length - offset, null, (error, written) => {
    if (error !== null) {
      if (error.code === "EAGAIN" || error.code === "EINTR") {
        setTimeout(writeAll, RETRY, descriptor, bytes, offset, done);
        return;
      }
      // Nobody reads any more (EPIPE), or the disk is full: there is no other place to say so.
      done();
      return;
    }
    const next = offset + written;
    if (next < bytes.length) writeAll(descriptor, bytes, next, done);
    else done();
  });
}

/** For worker threads, whose standard output passes through the main thread; `done` comes when that has taken the batch. */
export function streamOutput(stream: NodeJS.WritableStream): LogOutput {
  return (text, done) => {
    stream.write(text, () => done());
  };
}
