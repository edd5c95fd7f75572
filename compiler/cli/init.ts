/** `vgw init`: a small program that checks, tests, and runs as it is. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError, exit, print } from "./output.ts";

const PROGRAM = `vgw 1

/// The one gateway of this program: where it listens, and what it limits.
gateway edge {
  listen: [http("127.0.0.1:8080")]
  limits: { body: 1MB }
}

/// Anybody may ask; the name is a path parameter, checked when it arrives.
route GET "/hello/{name: string(1..40)}" open {
  reply { message: "Hello, {name}!", at: now }
}

test "a greeting names who asked" {
  given now = 2026-03-01T12:00:00Z
  send GET "/hello/Ada"
  expect status == 200, body.message == "Hello, Ada!"
}

test "a name has at most forty letters" {
  send GET "/hello/Wolfeschlegelsteinhausenbergerdorff-the-Elder"
  expect status == 404
}
`;

const IGNORED = "dist/\n.vgw/\n";

export function runInit(folder: string | undefined): number {
  const target = folder ?? ".";
  const file = join(target, "gateway.vgw");
  if (existsSync(file))
    throw new CommandError(`${file} is already there`, exit.environment, "name another folder: vgw init my-gateway");
  mkdirSync(target, { recursive: true });
  writeFileSync(file, PROGRAM);
  const ignore = join(target, ".gitignore");
  if (!existsSync(ignore)) writeFileSync(ignore, IGNORED);
  print(`${file} written. Next:`);
  if (target !== ".") print(`  cd ${target}`);
  print("  vgw test     runs the tests that stand in it");
  print("  vgw dev      serves it on http://127.0.0.1:8080 and follows your edits");
  print("  curl http://127.0.0.1:8080/hello/Ada");
  return exit.good;
}
