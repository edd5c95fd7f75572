/** The leaf functions of the language's values: what interpreter and generated code both call. */
export * from "./address.ts";
export * from "./bytes.ts";
export * from "./compare.ts";
export * from "./hash.ts";
export * from "./json.ts";
export * from "./list.ts";
export * from "./map.ts";
export * from "./mask.ts";
export * from "./money.ts";
export * from "./number.ts";
export * from "./pattern.ts";
export * from "./answer.ts";
export * from "./text.ts";
export * from "./time.ts";
export * from "./url.ts";
export * from "./uuid.ts";
export * from "./zone.ts";
