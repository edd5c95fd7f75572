/** HTTP/1.1 to one origin: one request at a time on each connection, or with pipelining where the service asks for it. */
import type { UpstreamClient, UpstreamClientOptions } from "../client.ts";
import { createExclusiveClient } from "./client.ts";
import { createPipeliningClient } from "./lanes.ts";

export function createHttp1Client(options: UpstreamClientOptions): UpstreamClient {
  const lanes = options.pipelining ?? 0;
  return lanes > 0 ? createPipeliningClient(options, lanes) : createExclusiveClient(options);
}
