/** The messages of a model that searches. */
import { expect, test } from "bun:test";
import type { Message, MessageId } from "../../src/chat/types.ts";
import type { ModelRequest } from "../../src/model/types.ts";
import { builtinToolNames } from "../../src/results/definitions.ts";
import { createToolFinder } from "../../src/tools/catalog/find-tool.ts";
import { OperationSearch } from "../../src/tools/search/operation-search.ts";
import { withSearchedTools } from "../../src/turns/searched-tools.ts";
import type { TurnModel } from "../../src/turns/turn-model.ts";
import {
  allowAllOperations,
  createApi,
  createDescription,
  createOperation,
  makeAllTools,
} from "../tools/fixtures.ts";

const at = "2026-11-01T00:00:00Z";
const user = (id: string, text: string): Message => ({ role: "user", id: id as MessageId, at, text });
const call = (id: string, name: string): Message =>
  ({
    role: "assistant",
    id,
    at,
    parts: [{ type: "call", call: { id: `call-${id}`, name, arguments: {} } }],
  }) as unknown as Message;

function createCatalog() {
  const operations = ["listOrders", "listCustomers", "listTickets"].map((operationId) =>
    createOperation({ operationId, path: `/${operationId}`, summary: operationId }),
  );
  const selection = {
    filter: allowAllOperations,
    includeDeprecated: true,
    descriptionLimit: 400,
    allowedHosts: [],
  };
  const { tools } = makeAllTools(
    [{ api: createApi(), description: createDescription(operations) }],
    selection,
  );
  const search = new OperationSearch(tools, {
    names: { find: "find_operations", describe: "describe_operation", call: "call_operation" },
    mapTokens: 1000,
    findTool: createToolFinder(tools),
    pause: async () => {},
  });
  return { search, builtinNames: builtinToolNames(tools) };
}

test("omitted operations are named in the first message, which does not change when one is called again", async () => {
  const received: Message[][] = [];
  const model = {
    async *stream({ messages }: ModelRequest) {
      received.push([...messages]);
      yield { type: "text", text: "Hello." } as const;
    },
  } as unknown as TurnModel;
  const catalog = createCatalog();
  const omitted = [user("1", "a"), call("2", "listOrders"), call("3", "unknown"), call("4", "listTickets")];
  const visible = [user("5", "b"), call("6", "listCustomers")];
  const searching = withSearchedTools(model, catalog, [...omitted, ...visible]);
  const request = (messages: readonly Message[]) =>
    ({ model: "m", system: "", messages, tools: catalog.search.definitions }) as unknown as ModelRequest;
  const asked = [...visible, user("7", "c")];
  for (const messages of [asked, [...asked, call("8", "listOrders")]])
    await Array.fromAsync(searching.stream(request(messages), new AbortController().signal));
  const note =
    "[Operations that were called earlier in this conversation:\nlistTickets() listTickets\nlistOrders() listOrders]";
  const named = user("5", `${note}\n\nb`);
  expect(received.map(([first]) => first)).toEqual([named, named]);
  expect(received[1]?.slice(0, 3)).toEqual(received[0] ?? []);
});
