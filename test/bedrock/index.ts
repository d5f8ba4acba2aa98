export type { Answer, Failure, RecordedRequest, Reply, Script, StandIn, StandInOptions } from "./server.ts";
export { ACCESS_DENIED, startBedrock, THROTTLED } from "./server.ts";
