/**
 * Repairs lists of MCP servers before the SDK validates them. The SDK refuses a whole list because of one entry; here an odd entry,
 * or a `null`, costs that entry only.
 */
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { isRecord } from "../schema/schema.ts";

type Fields = Record<string, unknown>;

/** Repairs the messages that a transport receives. @param onDropped receives one line for each entry that was dropped. */
export function tolerateOddMessages(transport: Transport, onDropped: (problem: string) => void): Transport {
  let receive: Transport["onmessage"];
  Object.defineProperty(transport, "onmessage", {
    configurable: true,
    get: () =>
      receive && ((message: JSONRPCMessage, extra: never) => receive?.(repair(message, onDropped), extra)),
    set: (handler: Transport["onmessage"]) => {
      receive = handler;
    },
  });
  return transport;
}

function repair(message: JSONRPCMessage, onDropped: (problem: string) => void): JSONRPCMessage {
  if (!("result" in message) || !isRecord(message.result)) return message;
  const result = withoutNulls(message.result);
  if (Array.isArray(result.tools)) result.tools = result.tools.flatMap((tool) => repairTool(tool, onDropped));
  if (Array.isArray(result.content)) result.content = result.content.flatMap(repairBlock);
  return { ...message, result } as JSONRPCMessage;
}

function repairTool(tool: unknown, onDropped: (problem: string) => void): readonly Fields[] {
  if (!isRecord(tool) || typeof tool.name !== "string" || tool.name === "") {
    onDropped("an entry of its list is not a tool with a name");
    return [];
  }
  const repaired = withoutNulls(tool);
  for (const key of ["title", "description"]) if (typeof repaired[key] !== "string") delete repaired[key];
  for (const key of ["annotations", "execution", "_meta"]) if (!isRecord(repaired[key])) delete repaired[key];
  if (isRecord(repaired.annotations)) repaired.annotations = repairAnnotations(repaired.annotations);
  if (!isObjectSchema(repaired.outputSchema)) delete repaired.outputSchema;
  delete repaired.icons;
  const inputSchema = repaired.inputSchema ?? { type: "object" };
  if (!isRecord(inputSchema) || (inputSchema.type ?? "object") !== "object") {
    onDropped(`${tool.name}: its input schema is not that of an object`);
    return [];
  }
  repaired.inputSchema = repairSchema(inputSchema);
  return [repaired];
}

function repairAnnotations(annotations: Readonly<Fields>): Fields {
  return Object.fromEntries(
    Object.entries(annotations).filter(
      ([key, value]) => typeof value === (key === "title" ? "string" : "boolean"),
    ),
  );
}

function repairSchema(schema: Readonly<Fields>): Fields {
  const repaired: Fields = { ...withoutNulls(schema), type: "object" };
  const { properties, required } = repaired;
  if (isRecord(properties))
    repaired.properties = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, isRecord(value) ? value : {}]),
    );
  else delete repaired.properties;
  if (Array.isArray(required)) repaired.required = required.filter((name) => typeof name === "string");
  else delete repaired.required;
  return repaired;
}

function isObjectSchema(schema: unknown): boolean {
  return isRecord(schema) && schema.type === "object";
}

const BLOCK_TYPES = new Set(["text", "image", "audio", "resource", "resource_link"]);

/** A block of an unknown type becomes a text, so that the model reads it. */
function repairBlock(block: unknown): readonly Fields[] {
  if (block === null || block === undefined) return [];
  if (!isRecord(block))
    return [{ type: "text", text: typeof block === "string" ? block : JSON.stringify(block) }];
  const repaired = withoutNulls(block);
  const isKnown = typeof repaired.type === "string" && BLOCK_TYPES.has(repaired.type);
  const isComplete = repaired.type !== "text" || typeof repaired.text === "string";
  return [isKnown && isComplete ? repaired : { type: "text", text: JSON.stringify(block) }];
}

/** `null` is not the value of any optional field of the protocol. */
function withoutNulls(fields: Readonly<Fields>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
