/** The stand-in for Bedrock. */
export type {
  Failure,
  RecordedRequest,
  Reply,
  Script,
  ScriptedResponse,
  StandIn,
  StandInOptions,
} from "./server.ts";
export { ACCESS_DENIED, startBedrock, THROTTLED } from "./server.ts";
