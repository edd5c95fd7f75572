/** How many tokens a request holds, as the provider's own tokeniser counts them: a gateway that estimated would be believed, and be wrong. */
import type { ModelRequest } from "../canonical/request.ts";
import type { Json, JsonObject } from "../canonical/request.ts";
import type {
  ClientDialectName,
  ProviderDialectName,
  ProviderRequest,
  ProviderTarget,
  Refusal,
} from "../dialect/dialect.ts";
import { isObject, parseJson } from "../dialect/fields.ts";
import { failure } from "../wire/event-order.ts";
import { outline, withMembers } from "../wire/outline.ts";
import type { Asking, Operation } from "./operation.ts";

export interface CountClient {
  readonly dialect: ClientDialectName;
  readRequest(body: Json, path: string): ModelRequest | readonly Refusal[];
  /** JSON text. */
  writeCount(tokens: number): string;
  readonly writeError: Operation["writeError"];
}

export interface CountProvider {
  readonly dialect: ProviderDialectName;
  write(request: ModelRequest, target: ProviderTarget): ProviderRequest | readonly Refusal[];
  /** The field of the answer that holds the number. */
  readonly field: string;
  /** Clients of the dialect name the model in the body, and are asked in their own bytes. */
  readonly passes: boolean;
}

export function countTokens(client: CountClient, providers: readonly CountProvider[]): Operation {
  return {
    name: "count-tokens",
    priced: false,
    writeError: (error) => client.writeError(error),
    read(bytes, body, path, instruct) {
      const read = client.readRequest(body, path);
      if (!("turns" in read)) return read;
      const request = instruct === undefined ? read : instruct(read, client.dialect);
      if ("class" in request) return request;
      // Two readers may find different instructions in the same bytes.
      const own = instruct === undefined ? bytes : null;
      return { ask: (dialect, target) => askFor(client, providers, own, request, dialect, target) };
    },
  };
}

function askFor(
  client: CountClient,
  providers: readonly CountProvider[],
  /** null: they do not say the request. */
  bytes: Uint8Array | null,
  request: ModelRequest,
  dialect: ProviderDialectName,
  target: ProviderTarget,
): Asking | readonly Refusal[] {
  const provider = providers.find((one) => one.dialect === dialect);
  if (provider === undefined)
    return [{ path: "model", message: "The provider of this model cannot be asked to count tokens." }];
  const written = provider.write(request, target);
  if (!("target" in written)) return written;
  const passed = provider.passes && client.dialect === dialect ? bytes : null;
  const found = passed === null ? null : outline(passed);
  const body =
    passed === null || found === null
      ? written.body
      : withMembers(passed, found, [["model", JSON.stringify(target.model)]]);
  return {
    requests: [{ ...written, body }],
    answer([only]) {
      const answer = only?.body ?? new Uint8Array(0);
      const value = parseJson(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString("utf8"))?.value;
      const tokens = isObject(value) ? value[provider.field] : undefined;
      if (typeof tokens !== "number" || !Number.isSafeInteger(tokens) || tokens < 0)
        return failure("The provider's answer holds no count.");
      return { body: client.writeCount(tokens), usage: null };
    },
  };
}

/** The fields of a written request that count, by their names; what shapes the answer alone is no part of the question. */
export function fieldsOf(written: ProviderRequest, names: ReadonlySet<string>): JsonObject {
  const value = parseJson(written.body)?.value;
  const fields: { [name: string]: Json } = {};
  if (!isObject(value)) return fields;
  for (const [name, field] of Object.entries(value)) if (names.has(name)) fields[name] = field;
  return fields;
}

/** Where a provider must be told a cap it is told of one that no budget for thinking exceeds. */
export const LARGE_CAP = 10_000_000;
