import { integer, list, number, text, toggle, urlPath } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("The server");

/** How clients may speak; each is switched on by its name. */
export const PROTOCOLS = [
  "native",
  "agent",
  "langchain",
  "dashboard",
  "completions",
  "openai",
  "ai-sdk",
  "ag-ui",
  "mcp",
] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** @throws Error saying what is allowed. */
function parseProtocol(entry: string): Protocol {
  const protocol = PROTOCOLS.find((name) => name === entry);
  if (protocol === undefined) throw new Error(`of ${PROTOCOLS.join(", ")}`);
  return protocol;
}

export const serverGroup = {
  port: setting(integer({ min: 0, max: 65535 }), 8000, "port to listen on; 0 picks a free one", {
    env: ["PORT"],
    short: "p",
  }),
  dashboardPort: optional(
    integer({ min: 0, max: 65535 }),
    "a further port for the dashboard's chat alone; 0 picks a free one",
    { env: ["DASHBOARD_PORT"] },
  ),
  host: setting(text("ADDRESS"), "127.0.0.1", "address to listen on"),
  chatEndpoint: setting(urlPath(), "/bedrock-chat", "base path of the chat", {
    env: ["BEDROCK_CHAT_ENDPOINT"],
  }),
  websocketEndpoint: optional(urlPath(), "path of the WebSocket; <base>/ws when unset", {
    env: ["BEDROCK_WEBSOCKET_ENDPOINT"],
  }),
  uiEndpoint: optional(urlPath(), "path of the page; <base>/ui when unset", {
    env: ["BEDROCK_UI_ENDPOINT"],
  }),
  contracts: setting(
    list("NAME,…", parseProtocol),
    [...PROTOCOLS],
    "the ways clients may speak to it; those left out are not served (without native there is no page either)",
  ),
  agentName: setting(
    text("ID"),
    "specchat",
    "the agent_id that is answered here, with the API's tools; any other is an agent of Bedrock",
  ),
  completionsStrict: setting(
    toggle(),
    false,
    "close a socket of /ws/chat/completions after an error, as the system that it replaces did",
  ),
  enableUi: setting(toggle(), true, "serve the chat page", {
    env: ["ENABLE_BEDROCK_UI", "BEDROCK_ENABLE_UI"],
  }),
  stopGrace: setting(number({ min: 0 }), 30, "seconds running turns get when the server stops"),
  busyText: optional(text("TEXT"), "said to people when the model is overloaded"),
  deniedText: optional(text("TEXT"), "said to people when the account may not use the model"),
  troubleText: optional(text("TEXT"), "said to people when the model fails otherwise"),
};
