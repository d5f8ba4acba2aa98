/** Kinds of queries over small documents. */
import { describe, expect, test } from "bun:test";
import type { Operation } from "../../../src/openapi/types.ts";
import { drawApiMap } from "../../../src/tools/search/api-map.ts";
import { ToolSearch } from "../../../src/tools/search/search.ts";
import {
  allowAllOperations,
  createApi,
  createDescription,
  createOperation,
  createRequestBody,
  makeAllTools,
} from "../fixtures.ts";

const SELECTION = {
  filter: allowAllOperations,
  includeDeprecated: true,
  descriptionLimit: 400,
  allowedHosts: [],
};

/** @param lines `METHOD /path operationId summary` */
async function searchOver(lines: readonly string[], more: readonly Operation[] = []): Promise<ToolSearch> {
  const operations = lines.map((line) => {
    const [method = "", path = "", operationId, ...summary] = line.split(" ");
    return createOperation({ method, path, operationId, summary: summary.join(" ") });
  });
  const description = createDescription([...operations, ...more]);
  return await ToolSearch.create(makeAllTools([{ api: createApi(), description }], SELECTION).tools);
}

function first(search: ToolSearch, query: string): string | undefined {
  return search.search(query).hits[0]?.tool.name;
}

describe("a query finds", () => {
  test("a noun with its verb, and a verb with its noun", async () => {
    const search = await searchOver([
      "GET /pods listPods List pods",
      "POST /pods/{id}/eviction createPodEviction Create an eviction",
      "DELETE /pods/{id} deletePod Delete a pod",
      "GET /pods/{id}/exec podExec Connect to exec",
      "GET /users/{id}/followers listFollowers List followers",
      "GET /users/{id} getUser Get a user",
      "POST /lists/{id}/subscription createSubscription Create a subscription",
    ]);
    expect(first(search, "evict pod")).toBe("createPodEviction");
    expect(first(search, "execute command in pod")).toBe("podExec");
    expect(first(search, "who follows the user")).toBe("listFollowers");
    expect(first(search, "subscribe to list")).toBe("createSubscription");
  });

  test("compound words, joined or not", async () => {
    const search = await searchOver([
      "GET /webhooks listWebhooks List webhooks",
      "GET /webhooks/{id}/deliveries listDeliveries List deliveries for a webhook",
      "GET /config-maps listConfigMaps List config maps",
      "GET /invoiceitems listInvoiceitems List invoiceitems",
      "GET /invoices listInvoices List invoices",
      "GET /oauth/tokens listOAuthTokens List OAuth tokens",
      "GET /maps listMaps List maps",
    ]);
    expect(first(search, "list web hooks")).toBe("listWebhooks");
    expect(first(search, "list web hook deliveries")).toBe("listDeliveries");
    expect(first(search, "list configmaps")).toBe("listConfigMaps");
    expect(first(search, "list invoice items")).toBe("listInvoiceitems");
    expect(first(search, "list oauth tokens")).toBe("listOAuthTokens");
  });

  test("an abbreviation, although one operation writes it literally", async () => {
    const search = await searchOver([
      "GET /pulls listPulls List pull requests",
      "POST /pulls/{id}/merge mergePull Merge a pull request",
      "PUT /settings/fork-pr setForkPrSettings Set fork PR settings",
      "GET /settings listSettings List settings",
    ]);
    expect(first(search, "merge PR")).toBe("mergePull");
    expect(first(search, "list PRs")).toBe("listPulls");
  });

  test("what is mine, and a resource whose settings are asked for", async () => {
    const search = await searchOver([
      "GET /users/{id}/boards listUserBoards List boards for a user",
      "GET /boards listBoards List public boards",
      "GET /me/boards listMyBoards List boards for the authenticated user",
      "PATCH /boards/{id} updateBoard Update a board",
      "PATCH /webhook-settings updateWebhookSettings Update webhook settings",
    ]);
    expect(first(search, "list my boards")).toBe("listMyBoards");
    expect(first(search, "update board settings")).toBe("updateBoard");
    expect(first(search, "update webhook settings")).toBe("updateWebhookSettings");
  });

  test("operations that are named after methods of a remote procedure call", async () => {
    const search = await searchOver([
      "POST /chat.postMessage chat_postMessage Sends a message to a channel.",
      "POST /chat.delete chat_delete Deletes a message.",
      "POST /conversations.kick conversations_kick Removes a user from a conversation.",
      "POST /users.remove users_remove Removes a user from a workspace.",
      "GET /stars.list stars_list Lists stars for a user.",
    ]);
    expect(first(search, "post message")).toBe("chat_postMessage");
    expect(first(search, "chat.postMessage")).toBe("chat_postMessage");
    expect(first(search, "remove user from channel")).toBe("conversations_kick");
    expect(search.search("list starred items")).toMatchObject({
      isConfident: true,
      hits: [{ tool: { name: "stars_list" } }],
    });
  });

  test("one of several actions of an operation, in the variants of its body", async () => {
    const variant = (type: string) => ({ type: "object", properties: { type: { enum: [type] } } }) as const;
    const action = createOperation({
      method: "POST",
      path: "/machines/{id}/actions",
      operationId: "postMachineAction",
      summary: "Initiate a machine action",
      body: createRequestBody("application/json", { oneOf: [variant("reboot"), variant("power_off")] }),
    });
    const search = await searchOver(
      ["GET /machines listMachines List machines", "GET /machines/{id} getMachine Get a machine"],
      [action],
    );
    expect(first(search, "reboot machine")).toBe("postMachineAction");
    expect(first(search, "power off machine")).toBe("postMachineAction");
  });

  test("a number in a name, and no other number", async () => {
    const search = await searchOver([
      "GET /metrics/load_1 getLoad1 Get load 1 metrics",
      "GET /metrics/load_15 getLoad15 Get load 15 metrics",
      "GET /metrics/load_5 getLoad5 Get load 5 metrics",
    ]);
    expect(first(search, "get load 15 metrics")).toBe("getLoad15");
    expect(search.search("load metrics 99")).toEqual(search.search("load metrics"));
  });

  test("operations in languages with other plurals, and without spaces", async () => {
    const german = await searchOver([
      "GET /bestellungen bestellungenAuflisten Bestellungen auflisten",
      "POST /bestellungen bestellungAnlegen Bestellung anlegen",
      "GET /kunden kundenAuflisten Kunden auflisten",
    ]);
    expect(first(german, "Bestellung anlegen")).toBe("bestellungAnlegen");
    expect(first(german, "Kunden auflisten")).toBe("kundenAuflisten");
    const japanese = await searchOver([
      "GET /a a 注文の一覧を取得",
      "POST /b b 注文を作成",
      "GET /c c 顧客の一覧を取得",
    ]);
    expect(["注文一覧", "注文を作成する", "顧客"].map((query) => first(japanese, query))).toEqual([
      "a",
      "b",
      "c",
    ]);
    const korean = await searchOver(["GET /a a 주문 목록 조회", "GET /b b 고객 목록 조회"]);
    expect(["주문을 조회", "고객 목록"].map((query) => first(korean, query))).toEqual(["a", "b"]);
  });

  test("a path as the map of the API writes it", async () => {
    const search = await searchOver([
      "GET /repos/{owner}/{repo}/issues listIssues List issues",
      "POST /repos/{owner}/{repo}/issues createIssue Create an issue",
      "GET /repos/{owner}/{repo}/issues/{n} getIssue Get an issue",
    ]);
    expect(first(search, "POST /repos/*/*/issues")).toBe("createIssue");
    expect(first(search, "repos/*/*/issues/*")).toBe("getIssue");
    expect(search.search("GET repos/*/*/issues", 1).hits[0]).toMatchObject({ score: 1000 });
  });
});

test("an API among several is found by its name, in queries and in the map", async () => {
  const operation = createOperation({ path: "/orders", operationId: "listOrders", summary: "List orders" });
  const { tools } = makeAllTools(
    ["warehouse", "billing"].map((name) => ({
      api: createApi({ name }),
      description: createDescription([operation]),
    })),
    SELECTION,
  );
  const search = await ToolSearch.create(tools);
  for (const { name, api } of tools) expect(first(search, `list orders of ${api.name}`)).toBe(name);
  expect(drawApiMap(tools, 1000)).toBe("warehouse: orders\nbilling: orders");
});

test("a word that an operation only mentions makes no search confident", async () => {
  const search = await searchOver(
    ["GET /orders listOrders List orders"],
    [
      createOperation({
        path: "/reports",
        operationId: "listReports",
        summary: "List reports",
        description: "The reports of the business. A report has a temperature of the market.",
      }),
    ],
  );
  expect(search.search("get room temperature").isConfident).toBe(false);
  expect(search.search("list reports").isConfident).toBe(true);
});
