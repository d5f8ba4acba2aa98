import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Message, ToolCall, ToolDefinition, ToolResult } from "../../../src/chat/types.ts";
import { AppError } from "../../../src/errors.ts";
import { createDemoModel } from "../../../src/model/demo/demo.ts";
import type { ModelEvent } from "../../../src/model/types.ts";
import { LIBRARY, TRACKER, tool } from "./tools.ts";

const model = createDemoModel({ pauseMs: 0 });
const never = new AbortController().signal;
const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
const stamp = { at: "2026-01-01T00:00:00.000Z" };

function userMessage(text: string): Message {
  return { role: "user", id: "m" as Message["id"], ...stamp, text };
}
function assistantMessage(...parts: Extract<Message, { role: "assistant" }>["parts"]): Message {
  return { role: "assistant", id: "m" as Message["id"], ...stamp, parts, model: "demo", usage };
}
function resultsMessage(...results: ToolResult[]): Message {
  return { role: "results", id: "m" as Message["id"], ...stamp, results };
}
function result(call: ToolCall, content: unknown, status: ToolResult["status"] = "ok"): ToolResult {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { callId: call.id, name: call.name, status, content: text, durationMs: 1 };
}

/** Collects all events; joins the text, and checks and omits the estimated usage. */
async function events(tools: readonly ToolDefinition[], messages: readonly Message[]) {
  const seen: ModelEvent[] = [];
  const request = { model: "demo", system: "Be kind", messages, tools, maxTokens: 4096 };
  for await (const event of model.stream(request, never)) seen.push(event);
  const text = seen.map((event) => (event.type === "text" ? event.text : "")).join("");
  const calls = seen.flatMap((event) => (event.type === "call" ? [event.call] : []));
  const [end, ...further] = seen.filter((event) => event.type === "end");
  expect([end, further, end?.usage.inputTokens]).toEqual([seen.at(-1), [], expect.any(Number)]);
  return { text, calls, stopReason: end?.stopReason };
}

async function planCalls(tools: readonly ToolDefinition[], userText: string): Promise<unknown> {
  const { text, calls, stopReason } = await events(tools, [userMessage(userText)]);
  if (calls.length === 0) return text;
  expect([text, stopReason]).toEqual(["", "tool_use"]);
  return calls.map((call) => [call.name, call.arguments]);
}

describe("a message becomes calls of a library's tools", () => {
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ["how many members are there?", [["listMembers", {}]]],
    ["science fiction books under 300 pages", [["findBooks", { genre: "science_fiction", maxPages: 300 }]]],
    ["list the poetry that is among the books", [["findBooks", { genre: "poetry" }]]],
    ["crime books that are not available", [["findBooks", { genre: "crime", available: false }]]],
    ["find books about dragons", [["findBooks", { q: "dragons" }]]],
    ["which books by Ursula Le Guin do you have?", [["findBooks", { author: "Ursula Le Guin" }]]],
    ["books published after 2020-01-01", [["findBooks", { publishedAfter: "2020-01-01" }]]],
    ["show book 978-0141036144", [["getBookByIsbn", { isbn: "978-0141036144" }]]],
    ["please show me the loans of member M-17", [["listMemberLoans", { memberId: "M-17" }]]],
    ["renew loan L-9", [["renewLoan", { loanId: "L-9" }]]],
    ["remove member M-17", [["removeMember", { memberId: "M-17" }]]],
    ["lend isbn 978-0141036144 to member M-17", [["lendBook", { isbn: "978-0141036144", memberId: "M-17" }]]],
    [
      "list the members and the crime books",
      [
        ["listMembers", {}],
        ["findBooks", { genre: "crime" }],
      ],
    ],
  ];
  for (const [userText, calls] of cases) {
    test(userText, async () => expect(await planCalls(LIBRARY, userText)).toEqual(calls));
  }
});

describe("a message becomes calls of an issue tracker's tools", () => {
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ["open issues", [["issues_list", { state: "open" }]]],
    ["issues in progress of assignee 4", [["issues_list", { state: "in_progress", assignee_id: 4 }]]],
    ["bug issues since 2026-01-01", [["issues_list", { labels: ["bug"], created_since: "2026-01-01" }]]],
    ["show issue #12", [["issues_get", { issue_number: 12 }]]],
    [
      'create an issue titled "Crash on start" with priority critical',
      [["issues_create", { title: "Crash on start", priority: "critical" }]],
    ],
    ["set the state of issue 12 to closed", [["issues_update", { issue_number: 12, state: "closed" }]]],
    [
      "add a comment to issue 12 saying works for me",
      [["issue_comments_create", { issue_number: 12, body: "works for me" }]],
    ],
    ["delete issue 12", [["issues_delete", { issue_number: 12 }]]],
  ];
  for (const [userText, calls] of cases) {
    test(userText, async () => expect(await planCalls(TRACKER, userText)).toEqual(calls));
  }
});

test("a call that changes data needs a verb at the start of the message", async () => {
  for (const userText of [
    "issue 12",
    "which issues did you delete?",
    "tell me about the update of issue 12",
  ]) {
    const [[name]] = (await planCalls(TRACKER, userText)) as [[string]];
    expect(["issues_get", "issues_list"]).toContain(name);
  }
});

test("the reply asks for missing arguments, together with the calls that are complete", async () => {
  const text =
    "For `issue_comments_create` I still need **issue_number** (not described) and **body** (not described). " +
    "Please ask again with everything in one sentence.";
  expect([
    await events(TRACKER, [userMessage("add a comment")]),
    await events(TRACKER, [userMessage("list the users; add a comment")]),
  ]).toEqual([
    { text, calls: [], stopReason: "end_turn" },
    { text, calls: [{ id: "demo-1-1", name: "users_list", arguments: {} }], stopReason: "tool_use" },
  ]);
});

describe("a bound is recognized under common parameter names", () => {
  for (const name of ["maxPrice", "max_price", "price_lte", "price[lte]", "priceMax"]) {
    test(name, async () => {
      const tools = [tool("listItems", "GET /items", "Items.", { [name]: { type: "number" } })];
      expect([
        await planCalls(tools, "items under 50 dollars"),
        await planCalls(tools, "items with a price of at most $12.50."),
        await planCalls(tools, "items under 300 pages"),
      ]).toEqual([[["listItems", { [name]: 50 }]], [["listItems", { [name]: 12.5 }]], [["listItems", {}]]]);
    });
  }
});

test("an identifier beyond 2^53 keeps all its digits", async () => {
  expect(await planCalls(TRACKER, "show user 9007199254740993")).toEqual([
    ["users_get", { user_id: 9007199254740993n }],
  ]);
});

describe("a result", () => {
  async function replyTo(userText: string, content: unknown, status: ToolResult["status"] = "ok") {
    const { calls } = await events(TRACKER, [userMessage(userText)]);
    const parts = calls.map((call) => ({ type: "call" as const, call }));
    return events(TRACKER, [
      userMessage(userText),
      assistantMessage(...parts),
      resultsMessage(...calls.map((call) => result(call, content, status))),
    ]);
  }

  test("that is a list becomes a sentence and a table of its short columns", async () => {
    const rows = [
      { number: 1, title: "Crash | burn", state: "open", author: { id: 4 }, text: "x".repeat(80) },
      { number: 2, title: "Typo", state: "open", author: { id: 5 }, text: "" },
    ];
    expect(await replyTo("open issues", rows)).toEqual({
      text: "Found 2 issues.\n\n| number | title | state |\n| --- | --- | --- |\n| 1 | Crash \\| burn | open |\n| 2 | Typo | open |",
      calls: [],
      stopReason: "end_turn",
    });
  });

  test("that is a page shows the total of the API", async () => {
    const { text } = await replyTo(
      "how many users are there?",
      'HTTP 200 OK\nLink: <x>\n\n{"data":[{"id":1}],"total_count":40}',
    );
    expect(text).toBe("Found 40 users. The first 1 of 40:\n\n| id |\n| --- |\n| 1 |");
    expect((await replyTo("list the users", [])).text).toBe("Found 0 users.");
  });

  test("that is a page is found under a common key or the noun of the tool, with its total", async () => {
    const table = "\n\n| id |\n| --- |\n| 1 |";
    for (const [page, found] of [
      [{ users: [{ id: 1 }], meta: { total: 7 } }, "Found 7 users. The first 1 of 7:"],
      [{ object: "list", items: [{ id: 1 }], has_more: false }, "Found 1 user."],
    ])
      expect((await replyTo("list the users", page)).text).toBe(`${found}${table}`);
    expect((await replyTo("list the users", ["ada"])).text).toBe(
      "Found 1 user.\n\n| user |\n| --- |\n| ada |",
    );
  });

  test("that is one record becomes a list of its fields, with integers beyond 2^53 exact", async () => {
    const { text } = await replyTo(
      "show issue 12",
      '{"id":9007199254740993,"title":"Crash","closed":null,"labels":["bug"]}',
    );
    expect(text).toBe(
      '`issues_get` returned:\n\n- **id**: 9007199254740993\n- **title**: Crash\n- **closed**: \n- **labels**: ["bug"]',
    );
  });

  test("without a record is shown unchanged", async () => {
    expect((await replyTo("delete issue 12", "HTTP 204 No Content\n\n(no content)")).text).toBe(
      "`issues_delete` returned:\n\nHTTP 204 No Content\n\n(no content)",
    );
  });

  test("that failed shows the error of the API", async () => {
    const problem =
      'HTTP 422 Unprocessable\n\n{"detail":"Not valid.","errors":[{"field":"title","message":"too short"}]}';
    expect((await replyTo("show issue 12", problem, "failed")).text).toBe(
      '`issues_get` failed:\n\n- **detail**: Not valid.\n- **errors**: [{"field":"title","message":"too short"}]',
    );
    expect((await replyTo("show issue 12", "The API did not answer within 30 s.", "failed")).text).toBe(
      "`issues_get` failed:\n\nThe API did not answer within 30 s.",
    );
  });
});

test("a greeting gets an introduction and three example messages", async () => {
  const { text, stopReason } = await events(LIBRARY, [userMessage("Hello!")]);
  expect([stopReason, text.split("\n\n")]).toEqual([
    "end_turn",
    [
      expect.stringMatching(
        /^I am the built-in demo model.* simple rules.*not a language model.*operator of this chat/,
      ),
      "Try for example:",
      "- list the books\n- show me book 1\n- list the members",
    ],
  ]);
  expect(await planCalls(LIBRARY, "show me book 1")).toEqual([["getBookByIsbn", { isbn: "1" }]]);
  expect(await planCalls(LIBRARY, "help")).toBe(text);
  expect((await events([], [userMessage("Hello!")])).text).toEndWith("There are no tools to call.");
});

describe("the model port", () => {
  const request = {
    model: "demo",
    system: "",
    messages: [userMessage("hello")],
    tools: LIBRARY,
    maxTokens: 4096,
  };

  test("streams text word by word, never empty", async () => {
    const words: string[] = [];
    for await (const event of model.stream(request, never)) if (event.type === "text") words.push(event.text);
    expect(words.length).toBeGreaterThan(20);
    expect(words.every((word) => /^\s*\S+\s*$/.test(word))).toBe(true);
  });

  test("streams a long reply in larger deltas, so that its pauses stay within 1.5 s", async () => {
    const call: ToolCall = { id: "demo-1-1", name: "listMembers", arguments: {} };
    const messages = [
      userMessage("list the members"),
      assistantMessage({ type: "call", call }),
      resultsMessage(result(call, "word ".repeat(4000))),
    ];
    const slow = createDemoModel({ pauseMs: 1 });
    for await (const event of slow.stream({ ...request, messages }, never)) {
      expect(event).toEqual({ type: "text", text: "`listMembers` returned:\n\nword " });
      break;
    }
    expect.assertions(1);
  });

  test("truncates a reply beyond maxTokens with the stop reason max_tokens", async () => {
    const seen: ModelEvent[] = [];
    for await (const event of model.stream({ ...request, maxTokens: 3 }, never)) seen.push(event);
    expect(seen.map((event) => (event.type === "end" ? event.stopReason : event.type))).toEqual([
      "text",
      "text",
      "text",
      "max_tokens",
    ]);
  });

  test("throws `cancelled` without an end event when aborted", async () => {
    for (const words of [0, 2]) {
      const stop = new AbortController();
      const seen: string[] = [];
      const slow = createDemoModel({ pauseMs: words === 0 ? 0 : 60_000 });
      if (words === 0) stop.abort();
      else setTimeout(() => stop.abort(), 1);
      const run = async () => {
        for await (const event of slow.stream(request, stop.signal)) seen.push(event.type);
      };
      const error: unknown = await run().then(
        () => undefined,
        (reason) => reason,
      );
      expect(error).toBeInstanceOf(AppError);
      expect([error instanceof AppError && error.code, seen]).toEqual(["cancelled", []]);
    }
  });

  test("ends once and calls only known tools, for any message and any result", async () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.constantFrom(
            "book",
            "member",
            "its",
            "and",
            "delete",
            "M-7",
            "lend",
            "under",
            "5",
            '"',
            "(",
            "of",
          ),
        )
        .map((all) => all.join(" ")),
    );
    const content = fc.oneof(fc.string(), fc.json());
    await fc.assert(
      fc.asyncProperty(text, content, fc.constantFrom("ok", "failed"), async (userText, body, status) => {
        const { calls } = await events(LIBRARY, [userMessage(userText)]);
        const names = LIBRARY.map(({ name }) => name);
        expect(calls.filter((call) => !names.includes(call.name))).toEqual([]);
        const parts = calls.map((call) => ({ type: "call" as const, call }));
        const results = calls.map((call) => result(call, body, status));
        if (calls.length > 0)
          await events(LIBRARY, [
            userMessage(userText),
            assistantMessage(...parts),
            resultsMessage(...results),
          ]);
      }),
    );
  });

  test("is ready, free of cost, and has a large context window", async () => {
    expect([await model.health(), model.cost("demo", usage), model.limits("demo")]).toEqual([
      { status: "ready" },
      0,
      { contextTokens: 1_000_000, maxOutputTokens: 100_000 },
    ]);
  });
});
