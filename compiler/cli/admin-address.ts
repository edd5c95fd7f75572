/** Where the admin listener is, and the token for it, which never stands on a command line: every process could read it there. */
import { readFileSync } from "node:fs";
import { CommandError, exit } from "./output.ts";

const TOKEN_HELP = "the token stands in VGW_ADMIN_TOKEN, or in a file named by --token-file";

/** Without a slash at the end. */
export function parseAdminUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new CommandError(`${text} is not the URL of an admin listener`, exit.usage, "such as http://127.0.0.1:9901");
  }
  if (url.username !== "" || url.password !== "") {
    throw new CommandError("the URL of an admin listener holds no name or password", exit.usage, TOKEN_HELP);
  }
  return url.href.replace(/\/$/, "");
}

/** null: there is none. */
export function readToken(file: string | undefined): string | null {
  const token = file === undefined ? process.env.VGW_ADMIN_TOKEN : readTokenFile(file);
  if (token === undefined || (file === undefined && token === "")) return null;
  // What cannot stand in a header field is told here, not by a failing request.
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new CommandError(
    `the token in ${file ?? "VGW_ADMIN_TOKEN"} is empty or holds more than visible ASCII characters`,
    exit.usage,
    TOKEN_HELP,
  );
}

function readTokenFile(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new CommandError(
      `the token file cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      exit.environment,
      TOKEN_HELP,
    );
  }
}
