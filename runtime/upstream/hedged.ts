/** Forwards and calls of services that hedge. Those of all others know nothing of it. */
import { isPieces } from "../pieces.ts";
import type { UpstreamAttempt, UpstreamRequest, UpstreamSink } from "./client.ts";
import { Calling } from "./call.ts";
import type { Endpoint } from "./endpoint.ts";
import { Forwarding } from "./forward.ts";
import { Hedge, type Racing } from "./hedge.ts";
import { ATTEMPT_FIELD } from "./retry.ts";

export class HedgedForwarding extends Forwarding implements Racing {
  protected override dispatch(endpoint: Endpoint, request: UpstreamRequest, sink: UpstreamSink): UpstreamAttempt {
    return race(this, endpoint, request, sink) ?? super.dispatch(endpoint, request, sink);
  }
}

export class HedgedCalling extends Calling implements Racing {
  protected override dispatch(endpoint: Endpoint, request: UpstreamRequest, sink: UpstreamSink): UpstreamAttempt {
    return race(this, endpoint, request, sink) ?? super.dispatch(endpoint, request, sink);
  }
}

/** null: it goes to one endpoint only. Its body must be at hand, and nobody before may have hedged or retried it. */
function race(racing: Racing, endpoint: Endpoint, request: UpstreamRequest, sink: UpstreamSink): Hedge | null {
  const { body, method } = request;
  const policy = racing.state.hedge;
  if (policy === null || !policy.covers(method)) return null;
  if (body !== null && typeof body !== "string" && !(body instanceof Uint8Array) && !isPieces(body)) return null;
  if (racing.exchange.headers.includes(ATTEMPT_FIELD)) return null;
  return new Hedge(racing, policy, endpoint, request, sink);
}
