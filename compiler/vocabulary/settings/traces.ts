/** `traces` of a gateway: where spans of requests are sent. */
import { type Setting, setting } from "../setting.ts";

export const tracesSettings: readonly Setting[] = [
  setting({
    key: "sample",
    type: { kind: "percent" },
    default: 1,
    documentation:
      "Of the requests whose trace begins here, the part that is recorded, by chance. Where a caller's `traceparent` says whether its trace is recorded, that holds. Services are told the decision in the same way.",
    example: "sample: 10%",
  }),
  setting({
    key: "headers",
    type: { kind: "fields" },
    default: [],
    documentation:
      "Header fields that go with all spans, such as what a collector knows its senders by. A value is a text or a secret.",
    example: 'headers: { authorization: secret("OTLP_AUTHORIZATION") }',
  }),
];

export const tracesSetting: Setting = setting({
  key: "traces",
  type: { kind: "traces", settings: tracesSettings },
  documentation:
    'A collector of OpenTelemetry that gets a span for each request, and one for each thing that is asked of a service or a model for it: `otlp("http://127.0.0.1:4318")`. The URL is the collector\'s, to which `/v1/traces` is added unless it ends so; where it holds a key it has to be a secret. Spans go by OTLP over HTTP, as JSON. `sample: 10%` records that part of the requests whose trace begins here, by chance (left out: all); where the `traceparent` of a caller says whether its trace is recorded, that holds, and services are told the decision in the same way. So whoever may call the gateway may have his requests recorded; the queue is bounded. `headers: { authorization: secret("OTLP_AUTHORIZATION"), "x-tenant": "shop" }` go with all spans: texts or secrets.\n\n' +
    "The span of a request (`GET /orders/{id}`) has the attributes of OpenTelemetry's conventions for servers of HTTP and `vgw.reason`; those of attempts (`GET`) the ones for clients, with `http.request.resend_count` and `vgw.service`. A model that is asked has a span of its own (`chat gpt-4.1-mini`) by the conventions for generative AI: provider, model asked for and model that answered, finish reason, tokens (with what was cached and what was thought), time to the first content; and `vgw.model`, `vgw.model.outcome`, `vgw.model.chosen_by`, `vgw.model.skipped` (who could not be asked, and why), `vgw.model.fallbacks`, `vgw.model.key`, `vgw.model.cost` with its currency. Its span id is what goes on in `traceparent`, so a service's own spans join. No header, body, query, prompt or answer is ever recorded.\n\n" +
    "No request waits for a collector. Spans are sent in batches from a queue of 8 MB for each thread; a batch that is not taken (no connection, 429, 502, 503, 504) is sent again after 1 s, 2 s … 30 s or when the collector says, for two minutes. What finds no room is lost: `vgw_trace_spans_total` counts it, and the log tells when a collector is away (`traces.away`, `traces.back`). What is there when the gateway stops is sent within its `drain`. A change of it needs a restart.",
  example: 'traces: otlp(env("OTEL_EXPORTER_OTLP_ENDPOINT", url), sample: 10%)',
});
