// Generated from compiler/diagnostics/pages by `npm run generate`. Do not edit.
export const catalogue = {
  VGW1001: {
    slug: "unexpected-token",
    severity: "error",
    message: "{found} was found where {expected} is expected",
  },
  VGW1002: {
    slug: "missing-header",
    severity: "error",
    message: "the file does not begin with `vgw 1`",
  },
  VGW1003: {
    slug: "unknown-version",
    severity: "error",
    message: "language version {version} is not known to this compiler",
  },
  VGW1004: {
    slug: "unknown-declaration",
    severity: "error",
    message: "{found} does not begin a declaration",
  },
  VGW1005: {
    slug: "missing-brace",
    severity: "error",
    message: "this `{` is never closed",
  },
  VGW1006: {
    slug: "missing-bracket",
    severity: "error",
    message: "this `{open}` is not closed: {found} follows where `{close}` is due",
  },
  VGW1007: {
    slug: "missing-quote",
    severity: "error",
    message: "this string has no closing {quote}",
  },
  VGW1008: {
    slug: "unknown-escape",
    severity: "error",
    message: "`{escape}` is not an escape",
  },
  VGW1009: {
    slug: "unknown-character",
    severity: "error",
    message: "`{text}` is not part of the language",
  },
  VGW1010: {
    slug: "block-comment",
    severity: "error",
    message: "comments begin with `//`, not `/*`",
  },
  VGW1011: {
    slug: "equals-for-colon",
    severity: "error",
    message: "`{key}` is followed by `=`; settings and fields take `:`",
  },
  VGW1012: {
    slug: "foreign-operator",
    severity: "error",
    message: "`{written}` is written `{meant}` here",
  },
  VGW1013: {
    slug: "equals-in-condition",
    severity: "error",
    message: "`=` does not compare; `==` does",
  },
  VGW1014: {
    slug: "space-before-unit",
    severity: "error",
    message: "`{number} {unit}` is one literal and has no space",
  },
  VGW1015: {
    slug: "unmatched-bracket",
    severity: "error",
    message: "nothing is open that this `{bracket}` could close",
  },
  VGW1016: {
    slug: "comma-between-steps",
    severity: "error",
    message: "steps are separated by `;` or a new line, not by `,`",
  },
  VGW1017: {
    slug: "setting-after-step",
    severity: "error",
    message: "the setting `{key}` stands behind a step",
  },
  VGW1018: {
    slug: "unknown-step",
    severity: "error",
    message: "`{word}` does not begin a step",
  },
  VGW1019: {
    slug: "reserved-word",
    severity: "error",
    message: "`{word}` is a word of the language and cannot be a name",
  },
  VGW1020: {
    slug: "too-deep",
    severity: "error",
    message: "this is nested too deeply",
  },
  VGW1021: {
    slug: "chained-comparison",
    severity: "error",
    message: "comparisons cannot be chained",
  },
  VGW1022: {
    slug: "unknown-source",
    severity: "error",
    message: "`read` knows no source `{word}`",
  },
  VGW1023: {
    slug: "reserved-declaration",
    severity: "error",
    message: "`{word}` declarations come with a later version",
  },
  VGW1024: {
    slug: "reserved-step",
    severity: "error",
    message: "the step `{word}` comes with a later version",
  },
  VGW1025: {
    slug: "repeated-word",
    severity: "error",
    message: "`{word}` stands here twice",
  },
  VGW1026: {
    slug: "unclosed-hole",
    severity: "error",
    message: "the value in this string is not closed with `}`",
  },
  VGW1027: {
    slug: "colon-for-equals",
    severity: "error",
    message: "`let {name}` has no value: one follows `=`",
  },
  VGW1028: {
    slug: "typographic-quotes",
    severity: "error",
    message: "strings stand between plain quotes",
  },
  VGW2001: {
    slug: "missing-file",
    severity: "error",
    message: "{path} cannot be imported: there is no such file",
  },
  VGW2002: {
    slug: "duplicate-name",
    severity: "error",
    message: "`{name}` is declared twice",
  },
  VGW2003: {
    slug: "unknown-name",
    severity: "error",
    message: "there is nothing called `{name}`",
  },
  VGW2004: {
    slug: "private-name",
    severity: "error",
    message: "`{name}` is private to {path}",
  },
  VGW2005: {
    slug: "unknown-import",
    severity: "error",
    message: "{path} declares nothing called `{name}`",
  },
  VGW2006: {
    slug: "import-cycle",
    severity: "error",
    message: "{path} imports itself",
  },
  VGW2007: {
    slug: "recursive-function",
    severity: "error",
    message: "`{name}` calls itself",
  },
  VGW2008: {
    slug: "recursive-type",
    severity: "error",
    message: "`{name}` contains itself",
  },
  VGW2009: {
    slug: "recursive-constant",
    severity: "error",
    message: "`{name}` needs its own value",
  },
  VGW2010: {
    slug: "second-gateway",
    severity: "error",
    message: "a program has one gateway",
  },
  VGW2011: {
    slug: "wrong-kind",
    severity: "error",
    message: "`{name}` is a {kind}, where a {wanted} is needed",
  },
  VGW2012: {
    slug: "policy-not-used",
    severity: "error",
    message: "this route does not use the policy `{name}`",
  },
  VGW2013: {
    slug: "reserved-name",
    severity: "error",
    message: "`{name}` always has the same meaning",
  },
  VGW2014: {
    slug: "no-caller",
    severity: "error",
    message: "nothing has identified the caller here",
  },
  VGW2015: {
    slug: "not-every-caller",
    severity: "error",
    message: "not every caller has `{name}` here",
  },
  VGW3001: {
    slug: "type-mismatch",
    severity: "error",
    message: "{expected} is expected here, and this is {found}",
  },
  VGW3002: {
    slug: "unknown-type",
    severity: "error",
    message: "there is no type called `{name}`",
  },
  VGW3003: {
    slug: "unknown-member",
    severity: "error",
    message: "{type} has no {name}",
  },
  VGW3004: {
    slug: "missing-field",
    severity: "error",
    message: "the field `{name}` is missing",
  },
  VGW3005: {
    slug: "excess-field",
    severity: "error",
    message: "{type} has no field `{name}`",
  },
  VGW3006: {
    slug: "duplicate-key",
    severity: "error",
    message: "`{name}` is given twice",
  },
  VGW3008: {
    slug: "wrong-operands",
    severity: "error",
    message: "{operator} does not work between {left} and {right}",
  },
  VGW3009: {
    slug: "out-of-range",
    severity: "error",
    message: "{value} is outside {range}",
  },
  VGW3010: {
    slug: "unknown-unit",
    severity: "error",
    message: "there is no unit called `{unit}`",
  },
  VGW3011: {
    slug: "missing-argument",
    severity: "error",
    message: "{callee} needs {wanted}",
  },
  VGW3012: {
    slug: "missing-unit",
    severity: "error",
    message: "{value} has no unit",
  },
  VGW3013: {
    slug: "unknown-argument",
    severity: "error",
    message: "{callee} takes no argument called `{name}`",
  },
  VGW3014: {
    slug: "too-many-arguments",
    severity: "error",
    message: "{callee} takes {wanted}",
  },
  VGW3015: {
    slug: "not-callable",
    severity: "error",
    message: "{what} cannot be called",
  },
  VGW3016: {
    slug: "not-exhaustive",
    severity: "error",
    message: "this match leaves out {cases}",
  },
  VGW3017: {
    slug: "arm-never-matches",
    severity: "error",
    message: "this arm never matches",
  },
  VGW3018: {
    slug: "unknown-setting",
    severity: "error",
    message: "{owner} has no setting `{name}`",
  },
  VGW3019: {
    slug: "missing-setting",
    severity: "error",
    message: "{owner} needs `{name}`",
  },
  VGW3021: {
    slug: "setting-value",
    severity: "error",
    message: "`{name}` takes {wanted}",
  },
  VGW3022: {
    slug: "not-constant",
    severity: "error",
    message: "this is known only when a request is there",
  },
  VGW3023: {
    slug: "type-arguments",
    severity: "error",
    message: "{type} does not take {argument}",
  },
  VGW3024: {
    slug: "path-parameter-type",
    severity: "error",
    message: "{type} cannot be a path parameter",
  },
  VGW3025: {
    slug: "header-name",
    severity: "error",
    message: "{name} is not the name of a header field",
  },
  VGW3026: {
    slug: "status-code",
    severity: "error",
    message: "{status} is not a status that can be answered",
  },
  VGW3027: {
    slug: "method-name",
    severity: "error",
    message: "`{name}` is not a method",
  },
  VGW3028: {
    slug: "no-conversion",
    severity: "error",
    message: "{from} cannot become {to}",
  },
  VGW3029: {
    slug: "unclear-type",
    severity: "error",
    message: "nothing says which type {what} has",
  },
  VGW3031: {
    slug: "not-a-place",
    severity: "error",
    message: "this cannot be {done}",
  },
  VGW3032: {
    slug: "no-text-form",
    severity: "error",
    message: "{type} has no text form",
  },
  VGW3033: {
    slug: "no-json-form",
    severity: "error",
    message: "{type} has no JSON form",
  },
  VGW3034: {
    slug: "malformed-literal",
    severity: "error",
    message: "{text} is not {type}",
  },
  VGW3035: {
    slug: "never-equal",
    severity: "error",
    message: "{left} and {right} are never equal",
  },
  VGW3036: {
    slug: "repeated-parameter",
    severity: "error",
    message: "the path names `{name}` twice",
  },
  VGW3037: {
    slug: "unproved-range",
    severity: "error",
    message: "{value} can be outside {range}",
  },
  VGW3038: {
    slug: "algorithm-and-key",
    severity: "error",
    message: "`{algorithm}` needs {needed}",
  },
  VGW3039: {
    slug: "one-of-two-settings",
    severity: "error",
    message: "`{one}` and `{other}` exclude each other",
  },
  VGW3040: {
    slug: "claim-type",
    severity: "error",
    message: "a claim cannot be of type {type}",
  },
  VGW3041: {
    slug: "preference-never-reached",
    severity: "error",
    message: "this preference is never reached",
  },
  VGW3042: {
    slug: "setting-with-condition",
    severity: "error",
    message: "`{name}` takes no condition",
  },
  VGW4101: {
    slug: "cannot-fail",
    severity: "error",
    message: "this cannot fail, so what follows else never happens",
  },
  VGW4102: {
    slug: "else-type",
    severity: "error",
    message: "{expected} is expected after else, and this is {found}",
  },
  VGW4103: {
    slug: "ignored-value",
    severity: "error",
    message: "ignore leaves this without a value",
  },
  VGW4104: {
    slug: "unhandled-failure",
    severity: "error",
    message: "this call can fail, and nothing says what happens then",
  },
  VGW4105: {
    slug: "unhandled-absence",
    severity: "error",
    message: "this may be absent, and nothing says what happens then",
  },
  VGW4106: {
    slug: "failure-outside-else",
    severity: "error",
    message: "failure is known only after else",
  },
  VGW4107: {
    slug: "unhandled-division",
    severity: "error",
    message: "the divisor can be 0, and nothing says what happens then",
  },
  VGW5001: {
    slug: "label-to-service",
    severity: "error",
    message: "{label} data reaches {service}, which is not cleared for it",
  },
  VGW5002: {
    slug: "label-to-response",
    severity: "error",
    message: "{label} data reaches a caller who is not cleared for it",
  },
  VGW5003: {
    slug: "outside-to-system",
    severity: "error",
    message: "text from outside reaches the system prompt",
  },
  VGW5004: {
    slug: "label-to-log",
    severity: "error",
    message: "{label} data reaches the log",
  },
  VGW5005: {
    slug: "label-to-policy",
    severity: "error",
    message: "{label} data is given to a policy's parameter that does not say so",
  },
  VGW5006: {
    slug: "label-to-model",
    severity: "error",
    message: "{label} data reaches the model {model}, which is not cleared for it",
  },
  VGW5007: {
    slug: "carries-nowhere",
    severity: "warning",
    message: "`carries` has no effect: this route forwards its body to nobody",
  },
  VGW5008: {
    slug: "nobody-cleared",
    severity: "error",
    message: "no model of {choice} is cleared for {labels}",
  },
  VGW5010: {
    slug: "secret-in-source",
    severity: "error",
    message: "{what} is written into the source",
  },
  VGW6001: {
    slug: "shadowed-route",
    severity: "error",
    message: "another route answers {method} {path} before this one can",
  },
  VGW6002: {
    slug: "undecided-routes",
    severity: "error",
    message: "two routes match {request}, and neither is more specific",
  },
  VGW6003: {
    slug: "missing-access",
    severity: "error",
    message: "{route} does not say who may call it",
  },
  VGW6004: {
    slug: "contradictory-guard",
    severity: "error",
    message: "this condition asks two different things of {place} at once",
  },
  VGW6005: {
    slug: "open-identifies",
    severity: "error",
    message: "an `open` route identifies its callers",
  },
  VGW6006: {
    slug: "identified-twice",
    severity: "error",
    message: "the caller has been identified already",
  },
  VGW6101: {
    slug: "route-without-end",
    severity: "error",
    message: "this route can end without an answer",
  },
  VGW6102: {
    slug: "unreachable-step",
    severity: "error",
    message: "this step never runs",
  },
  VGW6103: {
    slug: "step-not-here",
    severity: "error",
    message: "{step} cannot stand {place}",
  },
  VGW6104: {
    slug: "place-not-here",
    severity: "error",
    message: "{place} cannot be {done} {where}",
  },
  VGW6105: {
    slug: "impure",
    severity: "error",
    message: "{what} cannot stand {where}",
  },
  VGW6106: {
    slug: "body-read-twice",
    severity: "error",
    message: "the body is read twice",
  },
  VGW6107: {
    slug: "unused-value",
    severity: "error",
    message: "the value of this step is not used",
  },
  VGW6108: {
    slug: "content-outside-reply",
    severity: "error",
    message: "`{what}` stands only in reply",
  },
  VGW6109: {
    slug: "websocket-with",
    severity: "error",
    message: "a WebSocket handshake does not go together with {what}",
  },
  VGW6110: {
    slug: "websocket-without-get",
    severity: "error",
    message: "no WebSocket handshake reaches this route",
  },
  VGW6111: {
    slug: "model-without-dialect",
    severity: "error",
    message: "`{name}` is a model, and nothing says what its clients speak",
  },
  VGW6112: {
    slug: "block-of-a-model",
    severity: "error",
    message: "`forward {name}` goes to a model, and takes no steps",
  },
  VGW6113: {
    slug: "dialect-of-a-service",
    severity: "error",
    message: "`{name}` is no model, and is spoken to in no dialect",
  },
  VGW6114: {
    slug: "model-without-post",
    severity: "error",
    message: "no request to a model reaches this route",
  },
  VGW6115: {
    slug: "request-set-for-a-model",
    severity: "error",
    message: "what is set on the request here reaches nobody",
  },
  VGW6116: {
    slug: "provider-without-operation",
    severity: "error",
    message: "{provider} cannot {what}, and `{model}` is one of its models",
  },
  VGW6120: {
    slug: "model-cannot",
    severity: "error",
    message: "`{need}` is needed here, and the model {model} cannot be told",
  },
  VGW6121: {
    slug: "answer-without-cap",
    severity: "warning",
    message: "{model} wants a cap on every answer, which clients of {dialect} need not give",
  },
  VGW7001: {
    slug: "timeout-beyond-deadline",
    severity: "warning",
    message: "the deadline always comes before the timeout of {service}",
  },
  VGW7002: {
    slug: "setting-without-effect",
    severity: "error",
    message: "the fast transport cannot honour {setting}",
  },
  VGW7003: {
    slug: "cost-above-burst",
    severity: "error",
    message: "a request counts for {cost}, and at most {burst} are admitted at once",
  },
  VGW7004: {
    slug: "limit-by-constant",
    severity: "warning",
    message: "the limit counts by a value that is the same for every request",
  },
  VGW7005: {
    slug: "limit-too-slow",
    severity: "error",
    message: "the limit would have to remember a caller for more than 104 days",
  },
  VGW7006: {
    slug: "queue-and-wait",
    severity: "error",
    message: "`{one}` needs `{other}`",
  },
  VGW7010: {
    slug: "retry-never-acts",
    severity: "warning",
    message: "`retry` of the service {service} never acts",
  },
  VGW7011: {
    slug: "tls-without-https",
    severity: "error",
    message: "{service} has settings for TLS, and no endpoint that speaks it",
  },
  VGW7012: {
    slug: "unpriced-under-budget",
    severity: "error",
    message: "what the model {model} costs is counted, and its price is not known",
  },
  VGW7013: {
    slug: "uncapped-under-budget",
    severity: "error",
    message: "the model {model} has a budget and no cap of its output",
  },
  VGW7014: {
    slug: "budget-in-another-currency",
    severity: "error",
    message: "the model {model} costs {price}, its budget is in {budget}",
  },
  VGW7016: {
    slug: "budget-key-unknown",
    severity: "error",
    message: "the budget of {model} counts by {by}, which this route does not know",
  },
  VGW7017: {
    slug: "budget-circle",
    severity: "error",
    message: "what is asked instead of {model} leads back to it",
  },
  VGW7018: {
    slug: "budget-without-model",
    severity: "error",
    message: "this budget holds for nothing: the route asks no model",
  },
  VGW7019: {
    slug: "state-without-budget",
    severity: "error",
    message: "this gateway has nothing that it could count in `state`",
  },
  VGW7020: {
    slug: "setting-never-acts",
    severity: "error",
    message: "{setting} of {choice} can never act",
  },
  VGW7022: {
    slug: "shared-without-state",
    severity: "error",
    message: "this limit is shared, and the gateway has no `state`",
  },
  VGW7023: {
    slug: "shared-queue",
    severity: "error",
    message: "a concurrency limit that is `shared` has no queue",
  },
  VGW7025: {
    slug: "alert-without-budget",
    severity: "error",
    message: "{setting} has no effect, for there is no budget",
  },
  VGW7026: {
    slug: "budget-name-taken",
    severity: "error",
    message: "another budget is called {name}",
  },
  VGW7031: {
    slug: "unpriced-under-cheapest",
    severity: "error",
    message: "the cheapest is asked for, and what {model} costs is not known",
  },
  VGW7032: {
    slug: "prices-in-two-currencies",
    severity: "error",
    message: "the cheapest is asked for, and prices are in {one} and {other}",
  },
  VGW7033: {
    slug: "sticky-without-choice",
    severity: "error",
    message: "`sticky` has no effect on {name}, which is one model",
  },
  VGW7034: {
    slug: "alias-outside-choice",
    severity: "error",
    message: "the name {alias} means {model}, which {choice} does not ask",
  },
  VGW7035: {
    slug: "nobody-in-region",
    severity: "error",
    message: "no model of {choice} is in {region}",
  },
  VGW7036: {
    slug: "supports-too-much",
    severity: "error",
    message: "the provider {provider} cannot be told {feature}",
  },
  VGW8001: {
    slug: "unused",
    severity: "warning",
    message: "the {what} {name} is never used",
  },
  VGW8010: {
    slug: "deprecated-model",
    severity: "warning",
    message: "the provider takes the model {model} away on {day}",
  },
  VGW8011: {
    slug: "unknown-family",
    severity: "warning",
    message: "what {model} can do is not known",
  },
  VGW8012: {
    slug: "announced-end",
    severity: "warning",
    message: "the provider takes {model} away on {day}",
  },
  VGW8014: {
    slug: "count-without-instructions",
    severity: "warning",
    message: "tokens are counted here without the instructions that another route gives {model}",
  },
} as const;

/** The parameters of each code's message. */
export interface MessageValues {
  VGW1001: { found: string | number; expected: string | number };
  VGW1002: Record<never, never>;
  VGW1003: { version: string | number };
  VGW1004: { found: string | number };
  VGW1005: Record<never, never>;
  VGW1006: { open: string | number; found: string | number; close: string | number };
  VGW1007: { quote: string | number };
  VGW1008: { escape: string | number };
  VGW1009: { text: string | number };
  VGW1010: Record<never, never>;
  VGW1011: { key: string | number };
  VGW1012: { written: string | number; meant: string | number };
  VGW1013: Record<never, never>;
  VGW1014: { number: string | number; unit: string | number };
  VGW1015: { bracket: string | number };
  VGW1016: Record<never, never>;
  VGW1017: { key: string | number };
  VGW1018: { word: string | number };
  VGW1019: { word: string | number };
  VGW1020: Record<never, never>;
  VGW1021: Record<never, never>;
  VGW1022: { word: string | number };
  VGW1023: { word: string | number };
  VGW1024: { word: string | number };
  VGW1025: { word: string | number };
  VGW1026: Record<never, never>;
  VGW1027: { name: string | number };
  VGW1028: Record<never, never>;
  VGW2001: { path: string | number };
  VGW2002: { name: string | number };
  VGW2003: { name: string | number };
  VGW2004: { name: string | number; path: string | number };
  VGW2005: { path: string | number; name: string | number };
  VGW2006: { path: string | number };
  VGW2007: { name: string | number };
  VGW2008: { name: string | number };
  VGW2009: { name: string | number };
  VGW2010: Record<never, never>;
  VGW2011: { name: string | number; kind: string | number; wanted: string | number };
  VGW2012: { name: string | number };
  VGW2013: { name: string | number };
  VGW2014: Record<never, never>;
  VGW2015: { name: string | number };
  VGW3001: { expected: string | number; found: string | number };
  VGW3002: { name: string | number };
  VGW3003: { type: string | number; name: string | number };
  VGW3004: { name: string | number };
  VGW3005: { type: string | number; name: string | number };
  VGW3006: { name: string | number };
  VGW3008: { operator: string | number; left: string | number; right: string | number };
  VGW3009: { value: string | number; range: string | number };
  VGW3010: { unit: string | number };
  VGW3011: { callee: string | number; wanted: string | number };
  VGW3012: { value: string | number };
  VGW3013: { callee: string | number; name: string | number };
  VGW3014: { callee: string | number; wanted: string | number };
  VGW3015: { what: string | number };
  VGW3016: { cases: string | number };
  VGW3017: Record<never, never>;
  VGW3018: { owner: string | number; name: string | number };
  VGW3019: { owner: string | number; name: string | number };
  VGW3021: { name: string | number; wanted: string | number };
  VGW3022: Record<never, never>;
  VGW3023: { type: string | number; argument: string | number };
  VGW3024: { type: string | number };
  VGW3025: { name: string | number };
  VGW3026: { status: string | number };
  VGW3027: { name: string | number };
  VGW3028: { from: string | number; to: string | number };
  VGW3029: { what: string | number };
  VGW3031: { done: string | number };
  VGW3032: { type: string | number };
  VGW3033: { type: string | number };
  VGW3034: { text: string | number; type: string | number };
  VGW3035: { left: string | number; right: string | number };
  VGW3036: { name: string | number };
  VGW3037: { value: string | number; range: string | number };
  VGW3038: { algorithm: string | number; needed: string | number };
  VGW3039: { one: string | number; other: string | number };
  VGW3040: { type: string | number };
  VGW3041: Record<never, never>;
  VGW3042: { name: string | number };
  VGW4101: Record<never, never>;
  VGW4102: { expected: string | number; found: string | number };
  VGW4103: Record<never, never>;
  VGW4104: Record<never, never>;
  VGW4105: Record<never, never>;
  VGW4106: Record<never, never>;
  VGW4107: Record<never, never>;
  VGW5001: { label: string | number; service: string | number };
  VGW5002: { label: string | number };
  VGW5003: Record<never, never>;
  VGW5004: { label: string | number };
  VGW5005: { label: string | number };
  VGW5006: { label: string | number; model: string | number };
  VGW5007: Record<never, never>;
  VGW5008: { choice: string | number; labels: string | number };
  VGW5010: { what: string | number };
  VGW6001: { method: string | number; path: string | number };
  VGW6002: { request: string | number };
  VGW6003: { route: string | number };
  VGW6004: { place: string | number };
  VGW6005: Record<never, never>;
  VGW6006: Record<never, never>;
  VGW6101: Record<never, never>;
  VGW6102: Record<never, never>;
  VGW6103: { step: string | number; place: string | number };
  VGW6104: { place: string | number; done: string | number; where: string | number };
  VGW6105: { what: string | number; where: string | number };
  VGW6106: Record<never, never>;
  VGW6107: Record<never, never>;
  VGW6108: { what: string | number };
  VGW6109: { what: string | number };
  VGW6110: Record<never, never>;
  VGW6111: { name: string | number };
  VGW6112: { name: string | number };
  VGW6113: { name: string | number };
  VGW6114: Record<never, never>;
  VGW6115: Record<never, never>;
  VGW6116: { provider: string | number; what: string | number; model: string | number };
  VGW6120: { need: string | number; model: string | number };
  VGW6121: { model: string | number; dialect: string | number };
  VGW7001: { service: string | number };
  VGW7002: { setting: string | number };
  VGW7003: { cost: string | number; burst: string | number };
  VGW7004: Record<never, never>;
  VGW7005: Record<never, never>;
  VGW7006: { one: string | number; other: string | number };
  VGW7010: { service: string | number };
  VGW7011: { service: string | number };
  VGW7012: { model: string | number };
  VGW7013: { model: string | number };
  VGW7014: { model: string | number; price: string | number; budget: string | number };
  VGW7016: { model: string | number; by: string | number };
  VGW7017: { model: string | number };
  VGW7018: Record<never, never>;
  VGW7019: Record<never, never>;
  VGW7020: { setting: string | number; choice: string | number };
  VGW7022: Record<never, never>;
  VGW7023: Record<never, never>;
  VGW7025: { setting: string | number };
  VGW7026: { name: string | number };
  VGW7031: { model: string | number };
  VGW7032: { one: string | number; other: string | number };
  VGW7033: { name: string | number };
  VGW7034: { alias: string | number; model: string | number; choice: string | number };
  VGW7035: { choice: string | number; region: string | number };
  VGW7036: { provider: string | number; feature: string | number };
  VGW8001: { what: string | number; name: string | number };
  VGW8010: { model: string | number; day: string | number };
  VGW8011: { model: string | number };
  VGW8012: { model: string | number; day: string | number };
  VGW8014: { model: string | number };
}
