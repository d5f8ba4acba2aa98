/** The official MCP client, as an assistant or an IDE uses it. */
import {
  Client,
  type ClientCapabilities,
  type ElicitResult,
  StreamableHTTPClientTransport,
  type Transport,
} from "@modelcontextprotocol/client";

/** The revisions under test: the current one, and the last one with sessions. */
export const REVISIONS = ["2026-07-28", "2025-11-25"] as const;
export type Revision = (typeof REVISIONS)[number];

export interface ClientSettings {
  readonly revision?: Revision;
  readonly headers?: Readonly<Record<string, string>>;
  /** Decides on approvals. Without it, the client does not support them. */
  readonly onElicit?: ((message: string) => ElicitResult["action"]) | undefined;
  /** Called when the tool list changes. */
  readonly onTools?: (names: readonly string[]) => void;
}

export async function connect(transport: Transport, settings: ClientSettings = {}): Promise<Client> {
  const { revision = REVISIONS[0], onElicit, onTools } = settings;
  const capabilities: ClientCapabilities = onElicit ? { elicitation: { form: {} } } : {};
  const client = new Client(
    { name: "test", version: "1" },
    {
      capabilities,
      versionNegotiation: { mode: revision === REVISIONS[0] ? { pin: revision } : "legacy" },
      ...(onTools && {
        listChanged: {
          tools: {
            debounceMs: 0,
            onChanged: (_error, tools) => onTools((tools ?? []).map(({ name }) => name)),
          },
        },
      }),
    },
  );
  if (onElicit)
    client.setRequestHandler("elicitation/create", ({ params }) => ({
      action: onElicit(params.message),
      content: {},
    }));
  await client.connect(transport);
  return client;
}

export function createHttpTransport(
  url: string,
  { headers = {} }: ClientSettings = {},
): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(new URL("/mcp", url), { requestInit: { headers } });
}
