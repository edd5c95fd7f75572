/** Every declaration: what it is called, how it is written, what it is for. */

export interface DeclarationEntry {
  readonly kind: string;
  readonly word: string;
  readonly syntax: string;
  readonly documentation: string;
  readonly example: string;
  readonly since: string;
}

export const declarations: readonly DeclarationEntry[] = [
  {
    kind: "import",
    word: "import",
    syntax: 'import { name, other as alias } from "./file.vgw" · import "./file.vgw"',
    documentation:
      "Takes names from another file. Without names it mounts the other file's routes. What a file declares `private` stays in it.",
    example: 'import { nurses } from "./policies.vgw"',
    since: "0.1",
  },
  {
    kind: "gateway",
    word: "gateway",
    syntax: "gateway name { settings }",
    documentation:
      "Where the program listens and what it accepts. A program has at most one; without it, it listens on 127.0.0.1:8080.",
    example: 'gateway edge { listen: [http(":8080")] }',
    since: "0.1",
  },
  {
    kind: "service",
    word: "service",
    syntax: "service name { settings }",
    documentation:
      'An HTTP service behind the gateway. Routes `forward` to it, or call it: `orders.get("/path") as Order`.',
    example: 'service orders { url: "http://10.0.0.11:8080", timeout: 800ms }',
    since: "0.1",
  },
  {
    kind: "identity",
    word: "identity",
    syntax:
      'identity name = jwt { settings; claims: { field: Type from "claim" } } · identity name = api_key { settings }',
    documentation:
      "How callers are recognised: by a signed token (JWT) or by a key. `identify name` does it; `caller` is then a record of the declared claims.",
    example:
      'identity people = jwt { issuer: "https://id.shop.example", audience: "shop", keys: jwks("https://id.shop.example/jwks"), claims: { id: string from "sub", scope: scopes } }',
    since: "0.1",
  },
  {
    kind: "model",
    word: "model",
    syntax: "model name { settings } · model name = choose(model, model) { settings }",
    documentation:
      "A language model at a provider, or a choice of several. `forward name as openai.chat` lets clients ask it in the dialect that they speak, whichever its provider speaks: requests, answers, streams, tools and errors are translated where the two differ, and what the provider cannot be told is refused, never left out. What the client calls the model is not looked at: the route says which one it is. Requests that ask for a stream get one. The key goes nowhere but to the provider.\n\nA choice asks one model; where that fails before its first content, it asks those of `fallback`.",
    example: 'model mini { provider: openai("gpt-5.2"), key: secret("OPENAI_API_KEY") }',
    since: "0.1",
  },
  {
    kind: "type",
    word: "type",
    syntax: "type Name { field: Type, field: Type = default } · type Name = Type",
    documentation:
      "Names a type. A field may carry labels (`email: string @pii`), which its values keep wherever they go.",
    example: "type Item { sku: string(1..40), quantity: int(1..1000), price: money }",
    since: "0.1",
  },
  {
    kind: "route",
    word: "route",
    syntax: 'route METHODS "/path/{parameter: Type}" host "name" open|with policies when condition { settings; steps }',
    documentation:
      "What happens to a request. The most specific route that matches answers it. `open` says that anyone may call it; `with` names the policies that decide who may.",
    example: 'route GET "/orders/{id: uuid}" open { forward orders }',
    since: "0.1",
  },
  {
    kind: "policy",
    word: "policy",
    syntax: "policy name(parameters) { steps }",
    documentation:
      "Steps that several routes share, run before a route's own. Its `let`s and `read`s are seen by those routes as `policy.name`.",
    example: 'policy partners { require request.header("x-key") == secret("KEY") }',
    since: "0.1",
  },
  {
    kind: "function",
    word: "function",
    syntax: "function name(parameter: Type) -> Type = expression",
    documentation: "A pure calculation with a name. It can't call services, and it can't call itself.",
    example: "function total(items: [Item]) -> money = items.map(item => item.price * item.quantity).sum()",
    since: "0.1",
  },
  {
    kind: "constant",
    word: "let",
    syntax: "let name = value",
    documentation: "At the top of a file: a value that is computed once, when the gateway starts.",
    example: "let page_size = 50",
    since: "0.1",
  },
  {
    kind: "test",
    word: "test",
    syntax: 'test "title" { given …; send …; expect … }',
    documentation:
      'Sends requests to the program, with faked services, and says what must come of it. Clock, randomness and network are never real. `given` says what services and models answer: a value (`given orders.get("/orders/1") = { id: 1 }`, `given mini = "Hello."`), a status (`= 503`), `timeout`, `connect` or `protocol` for what fails, and of a model `cut("Hel")`, a stream that says so much and breaks off; and what is spent of budgets (`spent(assistant) = 98%`). `advance 10s` moves the clock. Budgets and limits go on from one `send` to the next, and begin anew in each test; nothing is hedged or copied to a shadow, and no breaker opens.',
    example: 'test "hello" { send GET "/"; expect status == 200 }',
    since: "0.1",
  },
];

/** Words that later versions give a meaning. */
export const reservedDeclarations: readonly string[] = ["prompt", "trust", "filter", "topic", "stream"];
