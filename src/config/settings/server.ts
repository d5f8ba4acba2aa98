/** Settings of the HTTP server: addresses, paths and protocols. */
import { integer, list, number, text, toggle, urlPath } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("The server");

/** The client protocols, by the names of --contracts. */
export const PROTOCOLS = [
  "native",
  "agent",
  "langchain",
  "dashboard",
  "completions",
  "openai",
  "anthropic",
  "ai-sdk",
  "ag-ui",
  "mcp",
] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** @throws Error whose message names the allowed values. */
function parseProtocol(entry: string): Protocol {
  const protocol = PROTOCOLS.find((name) => name === entry);
  if (protocol === undefined) throw new Error(`one of ${PROTOCOLS.join(", ")}`);
  return protocol;
}

export const serverGroup = {
  port: setting(integer({ min: 0, max: 65535 }), 8000, "port to listen on; 0 picks a free one", {
    env: ["PORT"],
    short: "p",
  }),
  dashboardPort: optional(
    integer({ min: 0, max: 65535 }),
    "additional port for the dashboard protocol only; 0 picks a free one",
    { env: ["DASHBOARD_PORT"] },
  ),
  host: setting(text("ADDRESS"), "127.0.0.1", "address to listen on"),
  chatEndpoint: setting(urlPath(), "/bedrock-chat", "base path of the chat", {
    env: ["BEDROCK_CHAT_ENDPOINT"],
  }),
  websocketEndpoint: optional(urlPath(), "WebSocket path; <base>/ws when unset", {
    env: ["BEDROCK_WEBSOCKET_ENDPOINT"],
  }),
  uiEndpoint: optional(urlPath(), "path of the chat page; <base>/ui when unset", {
    env: ["BEDROCK_UI_ENDPOINT"],
  }),
  contracts: setting(
    list("NAME,…", parseProtocol),
    [...PROTOCOLS],
    "client protocols to serve; without native there is no chat page",
  ),
  agentName: setting(
    text("ID"),
    "specchat",
    "agent_id of this assistant; any other agent_id is a Bedrock agent",
  ),
  completionsStrict: setting(
    toggle(),
    false,
    "close a /ws/chat/completions WebSocket after an error, as the replaced system did",
  ),
  enableUi: setting(toggle(), true, "serve the chat page", {
    env: ["ENABLE_BEDROCK_UI", "BEDROCK_ENABLE_UI"],
  }),
  maxUploadsSize: setting(
    integer({ min: 1 }),
    150_000_000,
    "maximum bytes of request bodies that are received at the same time",
  ),
  maxCallerUploadsSize: setting(
    integer({ min: 1 }),
    50_000_000,
    "maximum bytes of request bodies of one caller that are received at the same time",
  ),
  stopGrace: setting(number({ min: 0 }), 30, "grace period for running turns at shutdown, in seconds"),
  busyText: optional(text("TEXT"), "message for users when the model is overloaded"),
  deniedText: optional(text("TEXT"), "message for users when the account has no access to the model"),
  troubleText: optional(text("TEXT"), "message for users when the model fails for another reason"),
  endpointText: optional(
    text("TEXT"),
    "message for users when an operation cannot be reached or fails with a 5xx status; {endpoint} is its method and path",
  ),
};
