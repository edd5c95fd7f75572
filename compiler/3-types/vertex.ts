/** Who asks Vertex AI: a service account by its key, or the machine itself by Google's metadata server; one of both. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, hasSyntaxError, report } from "./context.ts";

/** The only place that tells a machine who it is; on this machine stands a fake of it. */
const METADATA = /^http:\/\/(metadata\.google\.internal|(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?)$/;

export function checkVertex(body: Body, node: tree.Model, metadata: string | undefined): void {
  const key = node.settings.find((setting) => setting.key.text === "key");
  const provider = node.settings.find((setting) => setting.key.text === "provider");
  if (key === undefined && metadata === undefined && !hasSyntaxError(body.module, node))
    report(body, node.name, "VGW3019", { owner: `the model ${node.name.text}`, name: "key" }, "key is missing", {
      help: 'add key: secret("…") with a service account\'s key, or on Google\'s own machines metadata: "http://metadata.google.internal" to vertex(…)',
    });
  if (key?.value.kind === "list")
    report(body, key.value, "VGW3021", { name: "key", wanted: "one service account's key" }, "not several");
  if (metadata === undefined || provider === undefined) return;
  if (key !== undefined)
    report(body, key.value, "VGW3039", { one: "key", other: "metadata" }, "leave out one", {
      help: "either the machine itself asks, or a service account",
    });
  if (!METADATA.test(metadata))
    report(
      body,
      provider.value,
      "VGW3021",
      { name: "metadata", wanted: "http://metadata.google.internal" },
      "tokens are asked for nowhere else",
    );
}
