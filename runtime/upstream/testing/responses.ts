/** Responses as bytes, with what RFC 9110 and RFC 9112 make of them. */
import type { Headers } from "../../http/exchange.ts";

export interface GoodResponse {
  readonly what: string;
  readonly bytes: string;
  readonly method?: string;
  readonly status: number;
  readonly fields: readonly (readonly [name: string, values: readonly string[]])[];
  readonly body: string;
  readonly trailers?: Headers;
  readonly informational?: readonly number[];
  /** The server's close ends the body. */
  readonly untilClose?: boolean;
}

export const goodResponses: readonly GoodResponse[] = [
  {
    what: "a body of known length",
    bytes: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
    status: 200,
    fields: [
      ["content-type", ["text/plain"]],
      ["content-length", ["5"]],
    ],
    body: "hello",
  },
  {
    what: "an empty body",
    bytes: "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    status: 404,
    fields: [["content-length", ["0"]]],
    body: "",
  },
  {
    what: "a repeated field, in order, names in lower case, values trimmed",
    bytes:
      "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-MiXeD:   \t b c \t \r\nset-cookie:b=2\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n",
    status: 200,
    fields: [
      ["set-cookie", ["a=1", "b=2"]],
      ["x-mixed", ["b c"]],
      ["x-empty", [""]],
    ],
    body: "",
  },
  {
    what: "bytes above 0x7f in a field (obs-text, RFC 9110 §5.5)",
    bytes: "HTTP/1.1 200 OK\r\nX-Name: caf\xe9 \xff\r\nContent-Length: 0\r\n\r\n",
    status: 200,
    fields: [["x-name", ["caf\xe9 \xff"]]],
    body: "",
  },
  {
    what: "a status line without a reason",
    bytes: "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n",
    status: 299,
    fields: [],
    body: "",
  },
  {
    what: "chunks (RFC 9112 §7.1)",
    bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n, you ther\r\n1\r\ne\r\n0\r\n\r\n",
    status: 200,
    fields: [],
    body: "hello, you there",
  },
  {
    what: "chunks with extensions and trailers (RFC 9112 §7.1.1, §7.1.2)",
    bytes:
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c="d"\r\nhello\r\n0\r\nDigest: abc\r\nX-Two: 2\r\n\r\n',
    status: 200,
    fields: [],
    body: "hello",
    trailers: ["digest", "abc", "x-two", "2"],
  },
  {
    what: "a body that the end of the connection ends (RFC 9112 §6.3.8)",
    bytes: "HTTP/1.1 200 OK\r\n\r\nuntil the end",
    status: 200,
    fields: [],
    body: "until the end",
    untilClose: true,
  },
  {
    what: "HTTP/1.0",
    bytes: "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold",
    status: 200,
    fields: [],
    body: "old",
    untilClose: true,
  },
  {
    what: "204, whatever length it names (RFC 9112 §6.3.1)",
    bytes: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
    status: 204,
    fields: [],
    body: "",
  },
  {
    what: "304 with the length that 200 would have (RFC 9110 §8.6)",
    bytes: 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 1234\r\n\r\n',
    status: 304,
    fields: [
      ["etag", ['"x"']],
      ["content-length", ["1234"]],
    ],
    body: "",
  },
  {
    what: "HEAD with the length that GET would have (RFC 9110 §9.3.2)",
    method: "HEAD",
    bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n",
    status: 200,
    fields: [["content-length", ["1234"]]],
    body: "",
  },
  {
    what: "HEAD with a transfer coding",
    method: "HEAD",
    bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    status: 200,
    fields: [],
    body: "",
  },
  {
    what: "102 and 103 before the response (RFC 9110 §15.2, RFC 8297)",
    bytes:
      "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    status: 200,
    fields: [["link", []]],
    body: "ok",
    informational: [102, 103],
  },
];

const HEAD = "HTTP/1.1 200 OK\r\n";

export const malformedResponses: readonly { readonly what: string; readonly bytes: string }[] = [
  { what: "what is not HTTP", bytes: "SSH-2.0-OpenSSH_9.2\r\n\r\n" },
  { what: "a status that is no number", bytes: "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n" },
  { what: "a status of two digits", bytes: "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n" },
  { what: "a status of four digits", bytes: "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n" },
  { what: "a field without a colon", bytes: `${HEAD}nonsense\r\nContent-Length: 0\r\n\r\n` },
  { what: "a field without a name", bytes: `${HEAD}: x\r\nContent-Length: 0\r\n\r\n` },
  { what: "white space before the colon (RFC 9112 §5.1)", bytes: `${HEAD}X-A : 1\r\nContent-Length: 0\r\n\r\n` },
  { what: "a name that is no token", bytes: `${HEAD}X(A): 1\r\nContent-Length: 0\r\n\r\n` },
  { what: "a NUL in a field (RFC 9110 §5.5)", bytes: `${HEAD}X-A: a\0b\r\nContent-Length: 0\r\n\r\n` },
  { what: "a control character in a field", bytes: `${HEAD}X-A: a\x01b\r\nContent-Length: 0\r\n\r\n` },
  { what: "a bare CR in a field (RFC 9112 §2.2)", bytes: `${HEAD}X-A: a\rb: c\r\nContent-Length: 0\r\n\r\n` },
  { what: "a bare LF after a field", bytes: `${HEAD}X-A: 1\nContent-Length: 0\r\n\r\n` },
  { what: "a folded field (RFC 9112 §5.2)", bytes: `${HEAD}X-A: 1\r\n folded\r\nContent-Length: 0\r\n\r\n` },
  { what: "two different lengths", bytes: `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc` },
  { what: "a signed length", bytes: `${HEAD}Content-Length: +2\r\n\r\nok` },
  { what: "a negative length", bytes: `${HEAD}Content-Length: -2\r\n\r\nok` },
  { what: "a hexadecimal length", bytes: `${HEAD}Content-Length: 0x2\r\n\r\nok` },
  { what: "a length that is no number", bytes: `${HEAD}Content-Length: two\r\n\r\nok` },
  { what: "an empty length", bytes: `${HEAD}Content-Length:\r\n\r\nok` },
  { what: "a list of different lengths", bytes: `${HEAD}Content-Length: 2, 3\r\n\r\nok` },
  { what: "a length beyond any number", bytes: `${HEAD}Content-Length: 99999999999999999999999\r\n\r\nok` },
  {
    what: "a length beside chunks (RFC 9112 §6.3.3)",
    bytes: `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  },
  {
    what: "chunks beside a length",
    bytes: `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n`,
  },
  { what: "a chunk size that is no number", bytes: `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n` },
  { what: "a chunk size with 0x", bytes: `${HEAD}Transfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n` },
  { what: "a signed chunk size", bytes: `${HEAD}Transfer-Encoding: chunked\r\n\r\n+2\r\nok\r\n0\r\n\r\n` },
  { what: "a chunk size beyond any number", bytes: `${HEAD}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nok` },
  { what: "a chunk longer than it says", bytes: `${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n` },
  {
    what: "a switch of protocols that nobody asked for",
    bytes: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
  },
];
