/** What of a request and a response can be read, set or removed, and where. The same words everywhere. */

export interface PlaceEntry {
  readonly side: "request" | "response";
  readonly what: string;
  /** In the notation of built-in signatures. */
  readonly type: string;
  /** Whether it takes a name: `request.header("x-tenant")`. */
  readonly named: boolean;
  /** Where it may be read: "always", only in forward's "answer" steps, or "never". */
  readonly read: "always" | "answer" | "never";
  readonly set: boolean;
  readonly remove: boolean;
  readonly documentation: string;
  readonly example: string;
  readonly since: string;
}

const request = { side: "request", read: "always", named: false, set: false, remove: false, since: "0.1" } as const;
const response = { side: "response", read: "answer", named: false, set: true, remove: false, since: "0.1" } as const;

export const places: readonly PlaceEntry[] = [
  {
    ...request,
    what: "method",
    type: "string",
    documentation: "The method, as sent.",
    example: 'request.method == "GET"',
  },
  {
    ...request,
    what: "path",
    type: "string",
    set: true,
    documentation: "The canonical path: the same bytes that were matched and that are forwarded.",
    example: 'request.path.starts_with("/v1/")',
  },
  {
    ...request,
    what: "address",
    type: "ip",
    documentation: "The client's address, as trusted proxies report it.",
    example: "request.address in 10.0.0.0/8",
  },
  {
    ...request,
    what: "host",
    type: "string",
    documentation: "The host that was asked for, in lower case, with its port where one was sent.",
    example: 'request.host == "shop.example"',
  },
  {
    ...request,
    what: "hostname",
    type: "string",
    documentation: "The host that was asked for, in lower case, without its port.",
    example: 'request.hostname == "shop.example"',
  },
  {
    ...request,
    what: "target",
    type: "string",
    documentation:
      "The canonical path with the query behind it: what is forwarded unless something is set. In a `redirect` it stands as it is.",
    example: "log info request.target",
  },
  {
    ...request,
    what: "scheme",
    type: '"http" | "https"',
    documentation:
      "How the client reached the gateway: `https` over a TLS listener, or where a trusted proxy in front says so. The `redirect` of a listener sends on what comes in clear text.",
    example: 'request.scheme == "https"',
  },
  {
    ...request,
    what: "id",
    type: "string",
    documentation: "The request's trace identifier: 32 hexadecimal digits (W3C trace context).",
    example: 'set response.header("x-request-id") = request.id',
  },
  {
    ...request,
    what: "header",
    type: "string?",
    named: true,
    set: true,
    remove: true,
    documentation: "A header field; several lines of it are joined with a comma. Set: what is forwarded.",
    example: 'request.header("x-tenant") else "none"',
  },
  {
    ...request,
    what: "query",
    type: "string?",
    named: true,
    set: true,
    remove: true,
    documentation: "A query parameter, decoded; the first one where it is repeated. Set: what is forwarded.",
    example: 'request.query("page") else "1"',
  },
  {
    ...request,
    what: "cookie",
    type: "string?",
    named: true,
    set: true,
    remove: true,
    documentation: "A cookie that the client sent. Set: what is forwarded.",
    example: 'request.cookie("sid") else ""',
  },
  {
    ...response,
    what: "status",
    type: "int(100..599)",
    documentation: "The status of the answer. Readable in `forward`'s steps.",
    example: "log warn response.status when response.status >= 500",
  },
  {
    ...response,
    what: "header",
    type: "string?",
    named: true,
    remove: true,
    documentation: "A header field of the answer. Readable in `forward`'s steps, settable anywhere before the answer.",
    example: 'set response.header("cache-control") = "no-store"',
  },
  {
    ...response,
    what: "cookie",
    type: "string",
    named: true,
    read: "never",
    remove: true,
    documentation: "A cookie to give to the client. `remove` tells the client to forget it.",
    example: 'set response.cookie("sid") = id { secure: true, http_only: true, age: 8h }',
  },
];
