/**
 * `hold.mjs PORT COUNT`: opens so many connections, asks once on each, and keeps them. Prints `{"open":N,"failed":N}` when each has its answer, again for
 * every line on standard input, and ends with it.
 */
import { connect } from "node:net";
import { createInterface } from "node:readline";

const [port, count] = process.argv.slice(2).map(Number);
/** Opened at once: more than the queue of a listening socket would be lost. */
const AT_ONCE = 200;
const REQUEST = `GET /orders/1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
const open = new Set();
let begun = 0;
let served = 0;
let failed = 0;

function next() {
  if (begun === count) {
    // Those that were closed again since then are not waited for.
    if (served + failed === count) tell();
    return;
  }
  begun++;
  const socket = connect(port, "127.0.0.1");
  let text = "";
  let answered = false;
  socket.on("connect", () => socket.write(REQUEST));
  socket.on("data", (data) => {
    if (answered) return;
    text += data.toString("latin1");
    if (!text.includes("\r\n\r\n")) return;
    answered = true;
    text = "";
    open.add(socket);
    served++;
    next();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    open.delete(socket);
    if (answered) return;
    failed++;
    next();
  });
}

function tell() {
  process.stdout.write(`${JSON.stringify({ open: open.size, failed })}\n`);
}

createInterface({ input: process.stdin })
  .on("line", tell)
  .on("close", () => process.exit(0));
for (let index = 0; index < AT_ONCE; index++) next();
