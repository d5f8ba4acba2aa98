/** assistant-ui in Chromium: its thread over the ag-ui protocol. */
import { expect, test } from "bun:test";
import { describeInBrowser } from "../browser/browser.ts";
import { useClientPage } from "./client-page.ts";
import { readLastResults } from "./servers.ts";

const makeThing = (name: string) => ({ name: "createThing", input: { body: { name } } });

describeInBrowser("assistant-ui", () => {
  const { ask } = useClientPage("assistant-ui");

  test.each(["0.0.59", "1.0.0"])(
    "shows text and calls of the API, with @ag-ui/client %s.",
    async (client) => {
      const { page } = await ask(
        [{ text: "I look.", calls: [{ name: "getThing", input: { id: "7" } }] }, { text: "It is thing 7." }],
        client,
      );
      await page.getByText("It is thing 7.").waitFor();
      const call = page.locator("[data-call=getThing]");
      expect(await call.locator("code").textContent()).toBe('{"id":"7"}');
      expect(await call.locator("output").textContent()).toContain("thing 7");
    },
  );

  test.each(["0.0.59", "1.0.0"])("approves and refuses calls, with @ag-ui/client %s.", async (client) => {
    const chat = await ask(
      [{ calls: [makeThing("box"), makeThing("jar")] }, { text: "The box is there." }],
      client,
    );
    const { page, servers } = chat;
    await page.getByRole("button", { name: "Approve" }).first().click();
    await page.getByRole("button", { name: "Refuse" }).last().click();
    await page.getByText("The box is there.").waitFor();
    expect(servers.api.requests).toEqual(['POST /things {"name":"box"}']);
    expect(readLastResults(chat.servers)).toEqual([
      expect.stringContaining("HTTP 201 Created"),
      expect.stringContaining("Too big"),
    ]);
  });

  test.each(["0.0.59", "1.0.0"])(
    "runs tools of the page beside those of the API, with @ag-ui/client %s.",
    async (client) => {
      const chat = await ask(
        [
          {
            calls: [
              { name: "getThing", input: { id: "7" } },
              { name: "page_colour", input: { part: "border" } },
            ],
          },
          { text: "Both are done." },
        ],
        client,
      );
      await chat.page.getByText("Both are done.").waitFor();
      expect(readLastResults(chat.servers)).toEqual(['{"id":7,"name":"thing 7"}', "The border is green."]);
    },
  );

  test("asks again when the request would differ from the one that was shown.", async () => {
    const { page, servers } = await ask([{ calls: [makeThing("box")] }, { text: "Done." }]);
    const approve = page.getByRole("button", { name: "Approve" });
    await approve.waitFor();
    await servers.editDocument((text) => text.replace("    post:\n", "  /orders:\n    post:\n"));
    await approve.click();
    await page.locator("[data-call=createThing]").nth(1).waitFor();
    expect(servers.api.requests).toEqual([]);
    await approve.click();
    await page.getByText("Done.").waitFor();
    expect(servers.api.requests).toEqual(['POST /orders {"name":"box"}']);
  });
});
