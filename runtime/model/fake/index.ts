/** A provider of models for tests and first steps: speaks every provider's dialect, needs no key, and fails as it is told. No gateway's bundle holds it. */
export { FAKE_NAMES, type FakeName, FAKES } from "./dialects.ts";
export { FakeProvider, type FakeRequest, type FakeResponse, type FakeSettings } from "./respond.ts";
export { type FakeServer, type FakeServerOptions, startFakeProvider } from "./server.ts";
export { parseSwitches, type Switches, WORDS } from "./switches.ts";
