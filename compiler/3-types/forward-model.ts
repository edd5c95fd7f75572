/** `forward assistant as openai.chat`: a request to a model, answered in the dialect that its clients speak. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { clientDialects } from "../vocabulary/providers.ts";
import { type Body, report, span } from "./context.ts";
import { modelNamed } from "./model.ts";
import { checkEndingOtherwise } from "./otherwise.ts";

const USUAL = "openai.chat";

export function checkForwardModel(body: Body, step: tree.ForwardStep): void {
  modelNamed(body, step.service);
  checkDialect(body, step);
  const [within] = [...step.settings, ...step.steps];
  if (within)
    report(body, within, "VGW6112", { name: step.service.text }, "this has no effect on a model", {
      help: "what shapes requests and answers stands in the model's settings, or before forward: set response.header(…) = …",
    });
  checkEndingOtherwise(body, step.otherwise);
}

function checkDialect(body: Body, step: tree.ForwardStep): void {
  const { dialect, service } = step;
  const known = [...clientDialects.keys()];
  if (dialect === null) {
    const at = span(body.module, service);
    report(body, service, "VGW6111", { name: service.text }, "as what?", {
      help: `say what its clients speak: forward ${service.text} as ${USUAL} (or ${known.slice(1).join(", ")})`,
      fixes: [
        {
          title: `Write as ${USUAL}`,
          kind: "maybe",
          edits: [{ span: { ...at, start: at.end }, text: ` as ${USUAL}` }],
        },
      ],
    });
    return;
  }
  const client = clientDialects.get(dialect.text);
  if (client !== undefined) {
    body.module.meanings.set(step.id, { kind: "forward-model", client });
    return;
  }
  const likely = nearest(dialect.text, known);
  const wanted = `one of ${known.join(", ")}`;
  report(body, dialect, "VGW3021", { name: "as", wanted }, "not this", {
    help: likely && `did you mean ${likely}?`,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, dialect), text: likely }] }]
      : [],
  });
}
