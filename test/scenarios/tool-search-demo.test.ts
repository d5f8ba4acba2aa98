/** The demo model searches for operations of large documents: the right requests reach the API. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { serveShop } from "../../src/demo/shop.ts";
import { createDemoModel } from "../../src/model/demo/demo.ts";
import { GITHUB_DOCUMENT } from "../bench/github.ts";
import { NativeClient, type RecordingApi, startApi, startSpecchat } from "../support/harness.ts";

let folder: string;
let api: RecordingApi;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-demo-search-`);
  api = await startApi(() => Response.json({ id: 1 }));
  const shop = serveShop({ now: () => new Date() });
  await Bun.write(`${folder}/shop.json`, shop.document);
  await shop.stop();
});

afterAll(async () => {
  await Promise.all([api.stop(), rm(folder, { recursive: true })]);
});

const repository = "of owner octo, repo web";

test.each([
  [
    "GitHub's document",
    () => GITHUB_DOCUMENT,
    {
      [`list the branches ${repository}`]: "GET /repos/octo/web/branches",
      [`show me the languages ${repository}`]: "GET /repos/octo/web/languages",
      [`list the contributors ${repository}`]: "GET /repos/octo/web/contributors",
      [`show the license ${repository}`]: "GET /repos/octo/web/license",
      [`list the releases ${repository}`]: "GET /repos/octo/web/releases",
      [`list the milestones ${repository}`]: "GET /repos/octo/web/milestones",
      [`delete the release 77 ${repository}`]: "DELETE /repos/octo/web/releases/77",
      "list the public members of org octo-org": "GET /orgs/octo-org/public_members",
      "create a team named platform in org octo-org": 'POST /orgs/octo-org/teams {"name":"platform"}',
      "show the user with username mona": "GET /users/mona",
      "list the gitignore templates": "GET /gitignore/templates",
      "show the rate limit": "GET /rate_limit",
    },
  ],
  [
    "the shop's document",
    () => `${folder}/shop.json`,
    {
      "list the customers": "GET /customers",
      "show me customer 3": "GET /customers/3",
      "list the orders of customer 3": "GET /customers/3/orders",
      "list the shipped orders": "GET /orders?status=shipped",
      "create a customer called Ada with email ada@example.com, city Faro and country PT":
        'POST /customers {"name":"Ada","email":"ada@example.com","city":"Faro","country":"PT"}',
      "show me order 1001": "GET /orders/1001",
      "ship order 1001": "POST /orders/1001/ship",
      "cancel order 1001": "POST /orders/1001/cancel",
      "list the products under 10 dollars": "GET /products?maxPrice=10",
      "delete product 7": "DELETE /products/7",
      "show the sales report": "GET /reports/sales",
      "list the open tickets": "GET /tickets?status=open",
      "show me ticket 512": "GET /tickets/512",
      "close ticket 512": "POST /tickets/512/close",
    },
  ],
])("questions over %s lead to the right requests", async (_name, documentOf, questions) => {
  const specchat = await startSpecchat({
    argv: ["--spec", documentOf(), "--base-url", api.url, "--tool-budget", "1000", "--approve", "none"],
    model: createDemoModel({ pauseMs: 0 }),
  });
  const before = api.requests.length;
  for (const question of Object.keys(questions)) {
    const client = await NativeClient.connect(specchat.url);
    await client.runTurn(question);
    client.close();
  }
  await specchat.stop();
  expect(api.requests.slice(before)).toEqual(Object.values(questions));
});
