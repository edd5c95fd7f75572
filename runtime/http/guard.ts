/** Keeps what a receiver throws away from the transports: out of a native callback it would end the process. */
import type { BodySink } from "./exchange.ts";

export function guardSink(sink: BodySink, failed: (error: unknown) => void): BodySink {
  return {
    chunk: (data) => {
      try {
        sink.chunk(data);
      } catch (error) {
        failed(error);
      }
    },
    end: (trailers) => {
      try {
        sink.end(trailers);
      } catch (error) {
        failed(error);
      }
    },
    fail: (reason) => {
      try {
        sink.fail(reason);
      } catch (error) {
        failed(error);
      }
    },
  };
}
