/**
 * A notes server built on the official MCP SDK, with normal and faulty tools. It runs over HTTP in a test, or as a child
 * process.
 */
import { McpServer, type McpServerFactory } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

/** A PNG image of one red pixel. */
export const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

export interface Notes {
  /** The tools offered to the next connection. */
  names: string[];
  readonly writtenNotes: string[];
  /** Implements the tool `hang`. */
  readonly hang: (signal: AbortSignal) => Promise<void>;
}

export function createNotesServer(notes: Notes, environment: () => unknown = () => ({})): McpServerFactory {
  return () => {
    const server = new McpServer({ name: "notes", version: "1" });
    const text = (content: string) => ({ content: [{ type: "text" as const, text: content }] });
    const readOnly = { readOnlyHint: true };
    const toolRegistrations: Readonly<Record<string, () => void>> = {
      echo: () =>
        server.registerTool(
          "echo",
          {
            description: "Says it again.",
            annotations: readOnly,
            inputSchema: z.object({ text: z.string() }),
          },
          ({ text: content }) => text(content),
        ),
      write: () =>
        server.registerTool(
          "write",
          { description: "Writes a note.", inputSchema: z.object({ note: z.string() }) },
          ({ note }) => {
            notes.writtenNotes.push(note);
            return text("written");
          },
        ),
      count: () =>
        server.registerTool(
          "count",
          {
            annotations: readOnly,
            inputSchema: z.object({ n: z.number(), in: z.array(z.object({ n: z.number() })) }),
          },
          () => text("counted"),
        ),
      fail: () =>
        server.registerTool("fail", { annotations: readOnly }, () => ({ ...text("no ink"), isError: true })),
      hang: () =>
        server.registerTool("hang", { annotations: readOnly }, async ({ mcpReq }) => {
          await notes.hang(mcpReq.signal);
          return text("after all");
        }),
      die: () => server.registerTool("die", { annotations: readOnly }, () => process.exit(3)),
      picture: () =>
        server.registerTool("picture", { annotations: readOnly }, () => ({
          content: [
            { type: "text", text: "A pixel:" },
            { type: "image", data: PIXEL, mimeType: "image/png" },
            {
              type: "resource",
              resource: { uri: "notes://data/table.bin", blob: "AAEC", mimeType: "application/x-table" },
            },
            { type: "resource", resource: { uri: "notes://a", text: "inside" } },
            { type: "resource_link", uri: "notes://b", name: "b" },
          ],
        })),
      structured: () =>
        server.registerTool("structured", { annotations: readOnly }, () => ({
          content: [],
          structuredContent: { a: [1] },
        })),
      environment: () =>
        server.registerTool("environment", { annotations: readOnly }, () =>
          text(JSON.stringify(environment())),
        ),
      grow: () =>
        server.registerTool("grow", { annotations: readOnly }, () => {
          server.registerTool("a_new_one", { annotations: readOnly }, () => text("new"));
          return text("grown");
        }),
    };
    for (const name of notes.names) toolRegistrations[name]?.();
    return server;
  };
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  process.stderr.write("notes server started\n");
  serveStdio(
    createNotesServer({ names, writtenNotes: [], hang: () => new Promise(() => {}) }, () => ({
      pid: process.pid,
      ...process.env,
    })),
    { legacy: process.env.NOTES_LEGACY === "reject" ? "reject" : "serve" },
  );
}
