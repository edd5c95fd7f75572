/** One model that can be asked: its configuration, the dialect of its provider, the connections to it. */
import type { Pieces } from "../../pieces.ts";
import type { UpstreamService } from "../../upstream/index.ts";
import type { ModelError } from "../canonical/error.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { ModelConfiguration } from "../configuration.ts";
import type {
  ClientDialectName,
  ProviderDialect,
  ProviderRequest,
  ProviderTarget,
  Refusal,
  WrittenBody,
} from "../dialect/dialect.ts";
import type { RequestBytes } from "../wire/request-bytes.ts";
import type { HeldBudget } from "./purse.ts";
import { credentials } from "./credentials.ts";
import type { AccessToken } from "../vertex/access-token.ts";
import { writeUnread } from "./deferred.ts";
import { error, refused } from "./failures.ts";
import type { Key, KeyRing } from "./keys.ts";
import type { Speed } from "./speed.ts";
import { secretsOf, withoutSecrets } from "./without-secrets.ts";

/** What of a service a model needs. */
export type ModelConnections = Pick<UpstreamService, "stream"> & Partial<Pick<UpstreamService, "load">>;

export class Target {
  readonly configuration: ModelConfiguration;
  readonly dialect: ProviderDialect;
  readonly connections: ModelConnections;
  /** That every call counts in. */
  readonly budgets: readonly HeldBudget[];
  /** How fast it has been; null: no choice asks for it. */
  readonly speed: Speed | null;
  readonly #provider: ProviderTarget;
  /** null: it has one key, or none. */
  readonly keys: KeyRing | null;
  /** Instead of a key; null: it needs none. */
  readonly #token: AccessToken | null;
  readonly #credentials: (request: ProviderRequest<WrittenBody>) => readonly string[];
  readonly #credentialsOf: ReadonlyMap<Key, (request: ProviderRequest<WrittenBody>) => readonly string[]>;

  constructor(
    configuration: ModelConfiguration,
    dialect: ProviderDialect,
    connections: ModelConnections,
    budgets: readonly HeldBudget[] = [],
    speed: Speed | null = null,
    keys: KeyRing | null = null,
    token: AccessToken | null = null,
  ) {
    this.configuration = configuration;
    this.dialect = dialect;
    this.connections = connections;
    this.budgets = budgets;
    this.speed = speed;
    const { model, base, variant, settings } = configuration;
    this.#provider = { model, base, variant, settings };
    this.#credentials = credentials(configuration);
    this.#token = token;
    this.keys = keys;
    this.#credentialsOf = new Map(
      (keys?.keys ?? []).map((key) => [key, credentials({ ...configuration, key: key.configuration.key })]),
    );
  }

  /** The same under another name, for whoever counts; nothing is measured for choices. */
  named(name: string): Target {
    const { configuration, dialect, connections, budgets, keys } = this;
    return new Target({ ...configuration, name }, dialect, connections, budgets, null, keys, this.#token);
  }

  get name(): string {
    return this.configuration.name;
  }

  get provider(): ProviderTarget {
    return this.#provider;
  }

  /** Null: it can be asked. Else resolves to why it cannot; null: it can now. */
  ready(): Promise<ModelError | null> | null {
    const waiting = this.#token?.ready() ?? null;
    return (
      waiting?.then((problem) =>
        problem === ""
          ? null
          : { ...error("auth", 401, "The model's provider cannot be asked just now."), code: codeOf(problem) },
      ) ?? null
    );
  }

  /** The request as this model is asked: with its cap on the output and that of the choice. */
  capped(request: ModelRequest, limit: number | null): ModelRequest {
    const { maxOutput } = this.configuration;
    const most = maxOutput === null ? limit : limit === null ? maxOutput : Math.min(maxOutput, limit);
    if (most === null || (request.maxOutput !== null && request.maxOutput <= most)) return request;
    return { ...request, maxOutput: most };
  }

  /** What the provider is sent, or why it cannot be said to it. */
  write(request: ModelRequest): ProviderRequest<WrittenBody> | ModelError {
    const written = writeUnread(request, () => this.dialect.writeRequest(request, this.#provider));
    return isRequest(written) ? written : refused(written);
  }

  /** The same, of a client that speaks the provider's dialect, its bytes left as they came; null: they have to be written anew. `body` null: they do not say it. */
  pass(body: RequestBytes | null, client: ClientDialectName, request: ModelRequest): ProviderRequest<Pieces> | null {
    const { name, pass } = this.dialect;
    return body === null || pass === undefined || client !== name ? null : pass.request(body, request, this.#provider);
  }

  /** Whether it goes on behind a last turn of its own. */
  get prefills(): boolean {
    return this.dialect.prefills?.(this.#provider) === true;
  }

  /** What a status beyond 299 says. */
  readError(status: number, headers: readonly string[], body: Uint8Array): ModelError {
    if (status === 401) this.#token?.refused();
    return this.withoutSecrets(this.dialect.readError(status, headers, body));
  }

  /** A provider's error, for clients and the log. */
  withoutSecrets(problem: ModelError): ModelError {
    return withoutSecrets(problem, secretsOf(this.configuration));
  }

  /** Header fields of a request, with the credentials. `key`: of `keys`; null: there is one, or none. */
  headers(request: ProviderRequest<WrittenBody>, key: Key | null): string[] {
    if (this.#token !== null) return [...request.headers, ...this.#token.fields];
    const given = key === null ? this.#credentials : this.#credentialsOf.get(key);
    return given === undefined ? [...request.headers] : [...request.headers, ...given(request)];
  }
}

function isRequest(
  written: ProviderRequest<WrittenBody> | readonly Refusal[],
): written is ProviderRequest<WrittenBody> {
  return "target" in written;
}

/** For the log: what went wrong, in what a code may hold. */
function codeOf(problem: string): string {
  return `token: ${problem}`.replace(/[^\x20-\x7e]/g, "?").slice(0, 120);
}
