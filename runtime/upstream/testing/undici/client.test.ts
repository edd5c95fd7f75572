import { describeUpstreamClient } from "../../client.suite.ts";
import { createUndiciClient } from "./client.ts";

describeUpstreamClient("undici", createUndiciClient, {
  refusesContinue: true,
  takesOtherVersions: true,
  trustsDeclaredLength: true,
  losesHeldConnections: true,
});
