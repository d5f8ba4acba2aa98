/** CopilotKit in Chromium: its chat and its own hooks over the ag-ui protocol. */
import { expect, test } from "bun:test";
import { describeInBrowser } from "../browser/browser.ts";
import { useClientPage } from "./client-page.ts";
import { readLastResults } from "./servers.ts";

const makeThing = (name: string) => ({ name: "createThing", input: { body: { name } } });

describeInBrowser("CopilotKit", () => {
  const { ask } = useClientPage("copilotkit");

  test.each(["0.0.59", "1.0.0"])(
    "shows text and calls of the API, with @ag-ui/client %s.",
    async (client) => {
      const { page } = await ask(
        [
          { text: "I look.", calls: [{ name: "getThing", input: { id: "7" } }] },
          { text: "It is **thing 7**." },
        ],
        client,
      );
      await page.getByText("It is thing 7.").waitFor();
      const call = page.getByTestId("copilot-tool-render");
      expect(await call.getAttribute("data-tool-name")).toBe("getThing");
      expect(await call.getAttribute("data-args")).toBe('{"id":"7"}');
      expect(await call.getAttribute("data-result")).toBe('{"id":7,"name":"thing 7"}');
    },
  );

  test.each(["0.0.59", "1.0.0"])(
    "approves and refuses with useInterrupt, with @ag-ui/client %s.",
    async (client) => {
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
    },
  );

  test("cancels with useInterrupt, and the next message gets a reply.", async () => {
    const { page, servers, say } = await ask([
      { calls: [makeThing("box")] },
      { text: "Very well." },
      { text: "A joke." },
    ]);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Very well.").waitFor();
    await say("A joke instead");
    await page.getByText("A joke.").waitFor();
    expect(servers.api.requests).toEqual([]);
    expect(servers.bedrock.requests.map(({ refusal }) => refusal)).toEqual([undefined, undefined, undefined]);
  });

  test("runs tools of useFrontendTool beside those of the API.", async () => {
    const chat = await ask([
      {
        calls: [
          { name: "getThing", input: { id: "7" } },
          { name: "page_colour", input: { part: "border" } },
        ],
      },
      { text: "Both are done." },
    ]);
    await chat.page.getByText("Both are done.").waitFor();
    expect(readLastResults(chat.servers)).toEqual(['{"id":7,"name":"thing 7"}', "The border is green."]);
  });

  test("asks the person with useHumanInTheLoop.", async () => {
    const chat = await ask([
      { text: "One moment.", calls: [{ name: "confirmColour", input: { colour: "red" } }] },
      { text: "Red it is." },
    ]);
    await chat.page.getByRole("button", { name: "Take red" }).click();
    await chat.page.getByText("Red it is.").waitFor();
    expect(readLastResults(chat.servers)).toEqual(["yes"]);
  });

  test("asks again when the request would differ from the one that was shown.", async () => {
    const { page, servers } = await ask([{ calls: [makeThing("box")] }, { text: "Done." }]);
    await page.getByText(`POST ${servers.api.url}/things`, { exact: true }).waitFor();
    await servers.editDocument((text) => text.replace("    post:\n", "  /orders:\n    post:\n"));
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByText(`POST ${servers.api.url}/orders`, { exact: true }).waitFor();
    expect(servers.api.requests).toEqual([]);
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByText("Done.").waitFor();
    expect(servers.api.requests).toEqual(['POST /orders {"name":"box"}']);
  });
});
