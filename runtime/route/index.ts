/** Route matching, reading, forwarding and answering at run time: what generated routes are made of. */
export { allowMethods } from "./allow.ts";
export { invalidInput, readBytes, readFormText, readJson, readText, replayedBody } from "./body.ts";
export { encodePathRest, failureOf, gather, Signal, withQuery } from "./call.ts";
export { cookieValue, editCookie, setResponseCookie } from "./cookie.ts";
export { embedded, jsonText, parsedJson, stringFromJson } from "./embedded.ts";
export { type Environment, environmentError, variable, withUnit } from "./environment.ts";
export {
  explain,
  explainText,
  type Form,
  hasOnly,
  isObject,
  lengthProblem,
  own,
  rangeProblem,
} from "./form.ts";
export { forward, type HeaderEdit, requestTarget, rewrittenTarget } from "./forward.ts";
export {
  answerHeader,
  answerStatus,
  headerText,
  requestHeader,
  setResponseHeader,
  setResponseStatus,
} from "./header.ts";
export { keyed } from "./keyed.ts";
export { hostName, hostUnder } from "./host.ts";
export {
  decodeAnswer,
  decodeJson,
  decodeOptionalAnswer,
  decodeOptionalJson,
  decodeOptionalText,
  decodeText,
  inputFrom,
  invalidText,
  listFromTexts,
  missingInput,
  otherwise,
} from "./input.ts";
export { admit, crowded, limitFailure, setRetryAfter, sharedCrowded, tellLimit } from "./limit.ts";
export { replyKnownProblem, replyMethodNotAllowed } from "./missing.ts";
export { answerByModel, answerByOperation, serveModel, serveOperation } from "./model.ts";
export { countBy, holdTo } from "./spending.ts";
export { headerLine, present, textsOf, whenPresent, whenText } from "./optional.ts";
export { changeQuery, formNames, formValues, queryValue, queryValues } from "./query.ts";
export { replyFailure } from "../http/problem.ts";
export { deny, replyContent, replyEmpty, replyJson, replyRedirect } from "./reply.ts";
export { decodeSegment, fitsAround, middleOf, pathSegments, restAfter, restOf } from "./segments.ts";
export {
  candidates,
  GUARDED,
  OTHER_METHOD,
  OTHER_PATH,
  routeTrie,
  type Taken,
  takeRoute,
  type Trie,
  type TrieRoute,
} from "./trie.ts";
export { formField, formList, unknownFields } from "./urlencoded.ts";
export { forwardWebSocket, proxyWebSocket } from "./websocket.ts";
export { warmMatcher, warmTrie } from "./warm.ts";
