/** `npm start`: the quick-start program with its two demo upstreams, on a machine with nothing but Node.js. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
const example = join(root, "examples/quick-start");
const children = [];
start(join(example, "upstreams.mjs"), []);
start(join(root, "compiler/dist/vgw.mjs"), ["dev", join(example, "gateway.vgw")]);
process.stderr.write(`
Try, in another terminal:
  curl -i http://127.0.0.1:8080/hello/Ada
  curl -i http://127.0.0.1:8080/orders/00000000-0000-4000-8000-000000000001      (proxied)
  curl -i http://127.0.0.1:8080/profile/ada                                      (composed from two services)
  curl -i http://127.0.0.1:8080/orders -H 'content-type: application/json' -d '{"quantity": 0}'   (refused, and why)
Edit examples/quick-start/gateway.vgw and ask again: the running gateway follows. Ctrl+C ends it.

`);

function start(file, args) {
  const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio: "inherit" });
  children.push(child);
  child.on("exit", (code) => stop(code ?? 0));
}

let stopping = false;
function stop(code) {
  if (stopping) return;
  stopping = true;
  process.exitCode = code;
  for (const child of children) child.kill("SIGTERM");
}

// The terminal sends Ctrl+C to all three; waiting here lets the gateway drain before the prompt comes back.
process.on("SIGINT", () => stop(0));
process.on("SIGTERM", () => stop(0));
