import { describeUpstreamClient } from "../client.suite.ts";
import { createHttp1Client } from "./index.ts";

const DIFFERENCES = {
  refusesContinue: false,
  takesOtherVersions: false,
  trustsDeclaredLength: false,
  losesHeldConnections: false,
};

describeUpstreamClient("http1", createHttp1Client, DIFFERENCES);
describeUpstreamClient("http1, pipelining", (options) => createHttp1Client({ ...options, pipelining: 4 }), DIFFERENCES);
