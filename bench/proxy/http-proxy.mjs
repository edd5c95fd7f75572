/** `http-proxy.mjs PORT UPSTREAM`: the package http-proxy as its documentation shows it, with connections kept. */
import { Agent, createServer } from "node:http";
import httpProxy from "http-proxy";

const [port, target] = process.argv.slice(2);
const proxy = httpProxy.createProxyServer({ target, xfwd: true, agent: new Agent({ keepAlive: true, maxSockets: 64 }) });
proxy.on("error", (_error, _request, response) => {
  if ("writeHead" in response && !response.headersSent) response.writeHead(502);
  response.end();
});
createServer((request, response) => proxy.web(request, response)).listen(Number(port), "127.0.0.1");
