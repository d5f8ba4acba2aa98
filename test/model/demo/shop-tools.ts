import type { JsonSchema, ToolCall, ToolDefinition, ToolResult } from "../../../src/chat/types.ts";
import { OPERATIONS } from "../../../src/demo/operations.ts";
import { createShop } from "../../../src/demo/shop.ts";

const NOW = new Date("2026-07-15T09:30:00Z");

/** Creates a shop as tools, whose arguments merge parameters and body fields, and a function that runs their calls. */
export function createShopTools(): { tools: ToolDefinition[]; run(call: ToolCall): Promise<ToolResult> } {
  const shop = createShop({ now: () => NOW });
  const document = JSON.parse(shop.document);
  const operations = OPERATIONS.map(({ method, path, operationId, summary, requestBody }) => {
    const { parameters = [] } = document.paths[path][method.toLowerCase()];
    const body = requestBody ? document.components.schemas[requestBody.schema] : {};
    const properties: Record<string, JsonSchema> = {};
    for (const { name, description, schema } of parameters) properties[name] = { ...schema, description };
    Object.assign(properties, body.properties);
    const requiredParameters = parameters.filter((one: { required?: boolean }) => one.required);
    const required = [
      ...requiredParameters.map((one: { name: string }) => one.name),
      ...(body.required ?? []),
    ];
    const tool: ToolDefinition = {
      name: operationId,
      description: `${summary}. (HTTP ${method} ${path})`,
      inputSchema: { type: "object", properties, required },
    };
    return { tool, method, path, hasBody: requestBody !== undefined };
  });
  return {
    tools: operations.map(({ tool }) => tool),
    async run(call) {
      const found = operations.find(({ tool }) => tool.name === call.name);
      if (!found) throw new Error(`no tool ${call.name}`);
      const rest = new Map(Object.entries(call.arguments));
      const path = found.path.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = String(rest.get(name));
        rest.delete(name);
        return value;
      });
      const query = new URLSearchParams([...rest].map(([name, value]) => [name, String(value)]));
      const response = await shop.fetch(
        found.hasBody
          ? new Request(`http://shop${path}`, {
              method: found.method,
              body: JSON.stringify(Object.fromEntries(rest)),
              headers: { "content-type": "application/json" },
            })
          : new Request(`http://shop${path}?${query}`, { method: found.method }),
      );
      const content = `HTTP ${response.status}\n\n${(await response.text()) || "(no content)"}`;
      const status = response.ok ? "ok" : "failed";
      return {
        callId: call.id,
        name: call.name,
        status,
        content,
        httpStatus: response.status,
        durationMs: 1,
      };
    },
  };
}
