/** The one suite that every transport passes; where a capability is missing, the test says what happens instead. */
import { describe } from "vitest";
import type { Capabilities } from "./capabilities.ts";
import { abortSuite } from "./testing/abort.suite.ts";
import { answerSuite } from "./testing/answer.suite.ts";
import { bodySuite } from "./testing/body.suite.ts";
import { connectionSuite } from "./testing/connection.suite.ts";
import { framingSuite } from "./testing/framing.suite.ts";
import { headSuite } from "./testing/head.suite.ts";
import { streamSuite } from "./testing/stream.suite.ts";
import { tlsSuite } from "./testing/tls.suite.ts";
import type { Transport } from "./transport.ts";

export function exchangeSuite(transport: Transport, can: Capabilities): void {
  describe(`${transport.name} transport: ${transport.description}`, () => {
    describe("request head", () => headSuite(transport, can));
    describe("whole answers", () => answerSuite(transport, can));
    describe("streamed answers", () => streamSuite(transport, can));
    describe("request bodies", () => bodySuite(transport, can));
    describe("framing", () => framingSuite(transport, can));
    describe("aborts", () => abortSuite(transport, can));
    describe("connections", () => connectionSuite(transport, can));
    describe("TLS", () => tlsSuite(transport, can));
  });
}
