/** Whether anything that a campaign leaves holds a key, a client's token, or a word of a prompt or an answer: the log, the admin listener's pages, and every file. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProbedGateway } from "../gateway-process.ts";

/** The gateway's key, the client's, what providers say that must not be said, and what all prompts and answers are made of. */
const SECRETS = ["sk-gateway-secret", "client-token-secret", "sk-provider", "Lorem ipsum", "[[fake", "Grüße"];

export async function secretsIn(gateway: ProbedGateway, folders: readonly string[]): Promise<string[]> {
  const texts = new Map<string, string>([
    ["the log", gateway.running.output()],
    ["/status", await gateway.status()],
  ]);
  for (const path of [
    "/metrics",
    "/usage?by=model",
    "/usage?by=caller",
    "/usage?by=budget",
    "/usage?by=route&format=csv",
  ])
    texts.set(path, await (await fetch(gateway.admin + path)).text());
  for (const file of folders.flatMap(filesIn)) texts.set(file, readFileSync(file).toString("utf8"));
  const found: string[] = [];
  for (const [place, text] of texts) {
    for (const secret of SECRETS) {
      const at = text.indexOf(secret);
      if (at !== -1) found.push(`${place} holds ${secret}: ${text.slice(Math.max(0, at - 200), at + 200)}`);
    }
  }
  return found;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : [];
  });
}
