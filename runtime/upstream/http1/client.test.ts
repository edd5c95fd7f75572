import { describeUpstreamClient } from "../client.suite.ts";
import { createHttp1Client } from "./client.ts";

describeUpstreamClient("http1", createHttp1Client, {
  refusesContinue: false,
  takesOtherVersions: false,
  trustsDeclaredLength: false,
  losesHeldConnections: false,
});
