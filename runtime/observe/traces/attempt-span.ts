/** The span of one attempt to get an answer from a service's endpoint, in OpenTelemetry's conventions for clients of HTTP (semconv 1.41, stable). */
import { performance } from "node:perf_hooks";
import type { Recording } from "./recording.ts";
import { splitAuthority } from "./authority.ts";
import { methodName } from "./method.ts";

export interface AttemptTold {
  readonly service: string;
  readonly method: string;
  /** Path and query, as they went out; "" where labelled data may stand in the path. */
  readonly target: string;
  /** 1, and one more for each retry. */
  readonly attempt: number;
  /** `performance.now()` */
  readonly startedAt: number;
}

export class AttemptSpan {
  /** What the service is told as the parent of its own spans. */
  readonly id: string;
  /** Of the answer; 0: none came. */
  status = 0;
  readonly #recording: Recording;
  readonly #told: AttemptTold;

  constructor(recording: Recording, told: AttemptTold) {
    this.#recording = recording;
    this.#told = told;
    this.id = recording.newSpanId();
  }

  /** `authority`: of the endpoint whose answer counted; `problem`: the kind of a failure; null: none. `hedges`: other endpoints that were asked beside it. */
  end(scheme: "http" | "https", authority: string, problem: string | null, hedges: number): void {
    const { service, method, target, attempt, startedAt } = this.#told;
    const { address, port } = splitAuthority(authority, scheme);
    const name = methodName(method);
    const span = this.#recording
      .child(this.id, name, startedAt, performance.now())
      .text("http.request.method", name)
      // Without the query, in whose values secrets travel.
      .text("url.full", `${scheme}://${authority}${target.split("?", 1)[0]}`)
      .text("server.address", address)
      .integer("server.port", port)
      .text("network.protocol.version", "1.1")
      .text("vgw.service", service);
    if (attempt > 1) span.integer("http.request.resend_count", attempt - 1);
    if (hedges > 0) span.integer("vgw.hedges", hedges);
    if (this.status !== 0) span.integer("http.response.status_code", this.status);
    if (problem !== null) span.failed(problem);
    else if (this.status >= 400) span.failed(String(this.status));
    this.#recording.add(span);
  }
}
