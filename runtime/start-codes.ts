/**
 * Every code with which a start, a swap, a rollback or an admin call is refused: once, with the HTTP status the admin listener
 * answers and a title. Codes are never used again. Errors of requests are in `errors.ts`.
 */
export const START_CODES = {
  "start-usage": { status: 400, title: "The command line is not understood" },
  "start-folder": { status: 422, title: "The artifact folder cannot be read" },
  "start-manifest": { status: 422, title: "The manifest is missing or malformed" },
  "start-hash": { status: 422, title: "The bundle is not the one its manifest describes" },
  "start-abi": { status: 422, title: "The bundle was built for another runtime" },
  "start-language": { status: 422, title: "The bundle speaks another version of the language" },
  "start-bundle": { status: 422, title: "The bundle does not load" },
  "start-environment": { status: 422, title: "The environment is incomplete" },
  "start-configuration": { status: 422, title: "The configuration is not valid" },
  "start-setting": { status: 422, title: "The transport cannot honour a setting" },
  "start-fast": { status: 422, title: "The fast transport is not available" },
  "start-certificate": { status: 422, title: "A certificate or key cannot be used" },
  "start-ledger": { status: 422, title: "The ledger cannot be used" },
  "start-listen": { status: 500, title: "A listener cannot be opened" },
  "start-token": { status: 422, title: "The admin listener needs a token" },
  "swap-restart": { status: 409, title: "The change needs a restart" },
  "swap-stopping": { status: 409, title: "The gateway is stopping" },
  "rollback-none": { status: 409, title: "There is no generation to go back to" },
  "admin-token": { status: 401, title: "The admin token is missing or wrong" },
  "admin-read-only": { status: 403, title: "An admin listener without a token changes nothing" },
  "admin-origin": { status: 403, title: "The admin listener does not serve web pages" },
  "admin-path": { status: 404, title: "The admin listener has no such path" },
  "admin-method": { status: 405, title: "The method is not allowed here" },
  "admin-body": { status: 400, title: "The body is not what this call takes" },
  "admin-query": { status: 400, title: "The query is not what this call takes" },
  "admin-size": { status: 413, title: "The body is too large" },
  "admin-failed": { status: 500, title: "The admin call failed" },
} as const satisfies { readonly [code: string]: { readonly status: number; readonly title: string } };

export type StartCode = keyof typeof START_CODES;
