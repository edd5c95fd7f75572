/**
 * `streams.mjs PORT PATH STREAMS EVENTS HEADERS BODY` (the last two as JSON and text): opens so many streams at once and reads each to its end. Prints as JSON how many were
 * whole, that is with every numbered piece in its order and one terminator, and the milliseconds from asking to the first piece.
 */
import { Agent, request } from "node:http";

const [port, path, streams, events, headers, body] = process.argv.slice(2);
const expected = Array.from({ length: Number(events) }, (_, index) => `${index} `).join("");
const agent = new Agent({ keepAlive: false, maxSockets: Number(streams) });

function text(raw) {
  let said = "";
  for (const frame of raw.split("\n\n")) {
    if (!frame.startsWith("data: {")) continue;
    said += JSON.parse(frame.slice("data: ".length)).choices[0]?.delta.content ?? "";
  }
  return said;
}

function one() {
  return new Promise((resolve) => {
    const begun = performance.now();
    let first = null;
    let raw = "";
    const over = () => {
      const terminators = raw.split("data: [DONE]").length - 1;
      resolve({ whole: terminators === 1 && text(raw) === expected, frames: raw.split("\n\n").length - 1, first });
    };
    const asked = request({ port: Number(port), host: "127.0.0.1", path, method: "POST", agent, headers: JSON.parse(headers) });
    asked.on("response", (response) => {
      response.setEncoding("utf8");
      response.on("data", (data) => {
        raw += data;
        if (first === null && raw.includes('"content":"0 "')) first = performance.now() - begun;
      });
      response.on("close", over);
    });
    asked.on("error", over);
    asked.end(body);
  });
}

const results = await Promise.all(Array.from({ length: Number(streams) }, one));
const whole = results.filter((result) => result.whole).length;
const frames = results.reduce((sum, result) => sum + result.frames, 0);
process.stdout.write(JSON.stringify({ whole, frames }));
