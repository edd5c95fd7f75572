/**
 * `first-token.mjs QUESTIONS TARGETS BODY` (targets as JSON: port, path, headers): asks the targets in turn, one at a time over a kept connection each, and prints for each the
 * milliseconds from asking to the first piece of content, as JSON.
 */
import { Agent, request } from "node:http";

const [questions, targets, body] = process.argv.slice(2);
const asked = JSON.parse(targets).map((target) => ({ ...target, agent: new Agent({ keepAlive: true, maxSockets: 1 }) }));

function first({ port, path, headers, agent }) {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let found = null;
    const sent = request({ port, host: "127.0.0.1", path, method: "POST", agent, headers });
    sent.on("response", (response) => {
      let raw = "";
      response.setEncoding("utf8");
      response.on("data", (data) => {
        raw += data;
        if (found === null && raw.includes('0 "')) found = performance.now() - begun;
      });
      response.on("end", () => (found === null ? reject(new Error(raw.slice(0, 300))) : resolve(found)));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const times = asked.map(() => []);
for (let question = -200; question < Number(questions); question++) {
  for (const [index, target] of asked.entries()) {
    const time = await first(target);
    if (question >= 0) times[index].push(time);
  }
}
for (const { agent } of asked) agent.destroy();
process.stdout.write(JSON.stringify(times));
