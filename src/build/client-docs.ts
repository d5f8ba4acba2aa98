/** Formats the clients that the tests run as a table of the manual. Each feature names the test that shows it. */

export interface ClientDocs {
  readonly name: string;
  /** Names of the lock file; an alias stands for its package. */
  readonly packages: readonly string[];
  /** The page of the manual on its protocol. */
  readonly page: string;
  /** The paths of its tests from the repository's root. */
  readonly files: readonly string[];
  /** Feature → the beginning of a test's title. */
  readonly works: Readonly<Record<string, string>>;
}

export const CLIENTS_PAGE = "src/manual/protocols.md";
export const LOCK_FILE = "bun.lock";

const folder = "test/clients";
export const CLIENT_DOCS: readonly ClientDocs[] = [
  {
    name: "OpenAI",
    packages: ["openai", "openai-6"],
    page: "openai",
    files: ["openai", "client-tools", "structured-output", "responses", "versions"].map(
      (name) => `${folder}/${name}.test.ts`,
    ),
    works: {
      "text, streamed or not": "A reply streams; calls that we run",
      "own tools beside those of the API": "Ours run here, theirs are handed over",
      images: "Images reach the model",
      "`tool_choice`": "tool_choice forces a call",
      "`parse()`": "`parse()` returns the value, after calls of the API.",
      "`responses.create` with `previous_response_id`": "A response is text, and the next one continues it",
      "`responses.parse()`": "`parse()` returns the value of text.format.",
      "`runTools`": "Chat completions are parsed, streamed and run tools.",
    },
  },
  {
    name: "OpenAI Agents",
    packages: ["@openai/agents"],
    page: "openai",
    files: ["client-tools", "structured-output", "responses"].map((name) => `${folder}/${name}.test.ts`),
    works: {
      "tools of an agent": "OpenAI Agents: an agent runs its tools over chat completions.",
      "`outputType`": "OpenAI Agents: `outputType` works",
      "the Responses API, streamed": "OpenAI Agents: an agent runs its tools and gives its `outputType`",
      handoffs: "OpenAI Agents hand over to each other",
    },
  },
  {
    name: "LangChain",
    packages: ["@langchain/openai"],
    page: "openai",
    files: ["client-tools", "structured-output", "responses"].map((name) => `${folder}/${name}.test.ts`),
    works: {
      "`bindTools`": "LangChain: `bindTools`",
      "`withStructuredOutput`, each method": "LangChain: `withStructuredOutput`",
      "`useResponsesApi`": "LangChain: `useResponsesApi`",
    },
  },
  {
    name: "AI SDK for OpenAI",
    packages: ["ai", "@ai-sdk/openai", "ai-6", "ai-sdk-openai-3"],
    page: "openai",
    files: ["client-tools", "structured-output", "responses", "versions"].map(
      (name) => `${folder}/${name}.test.ts`,
    ),
    works: {
      "chat completions with own tools": "AI SDK: generateText runs its tools",
      "the default model, with own tools": "AI SDK: the default model of `@ai-sdk/openai`",
      "`Output.object`": "AI SDK: `Output.object` works with generateText and streamText.",
      "`streamText`, `Output.array` and `Output.choice`": "%s runs tools, streams, and gives objects",
    },
  },
  {
    name: "TanStack AI",
    packages: ["@tanstack/ai", "@tanstack/ai-openai"],
    page: "openai",
    files: [`${folder}/tanstack.test.ts`],
    works: {
      "text, own tools beside those of the API, and `outputSchema`, over both APIs of OpenAI":
        "A reply, a tool of the client beside those of the API, and an object.",
    },
  },
  {
    name: "LangChain for Anthropic",
    packages: ["@langchain/anthropic"],
    page: "anthropic",
    files: [`${folder}/anthropic.test.ts`],
    works: {
      "text, streamed or not; `bindTools`; `withStructuredOutput`": "LangChain: `ChatAnthropic` replies",
    },
  },
  {
    name: "AI SDK for Anthropic",
    packages: ["ai", "@ai-sdk/anthropic"],
    page: "anthropic",
    files: [`${folder}/anthropic.test.ts`],
    works: {
      "own tools beside those of the API": "A tool of the client runs beside those of the API.",
      "`streamText`": "`streamText` streams text, calls and usage.",
      "`Output.object`": "`Output.object` gives an object.",
    },
  },
  {
    name: "Anthropic",
    packages: ["@anthropic-ai/sdk"],
    page: "anthropic",
    files: [`${folder}/anthropic.test.ts`],
    works: {
      "text, streamed or not": "A stream has the events of Anthropic",
      "own tools beside those of the API": "The API's tools run here, the client's are handed over",
      thinking: "Thinking is in blocks of its own",
      "`output_config.format` and `parse()`": "`output_config.format` gives JSON",
      "images and documents": "Documents are read",
      "`countTokens`": "count_tokens estimates a request",
    },
  },
  {
    name: "`useChat` of the AI SDK",
    packages: ["ai", "ai-6"],
    page: "ai-sdk",
    files: [`${folder}/use-chat.test.ts`, "test/contracts/ai-sdk.test.ts"],
    works: {
      "text, reasoning, calls of the API": "Reasoning, calls and results are parts of one message",
      edit: "An edited message replaces itself",
      regenerate: "A regenerated reply replaces the old one.",
      stop: "After a stop, the next message",
      resume: "A dropped connection leaves the turn running",
      files: "Files reach the model.",
    },
  },
  {
    name: "CopilotKit",
    packages: ["@copilotkit/react-core"],
    page: "ag-ui",
    files: [`${folder}/copilotkit.test.ts`],
    works: {
      "text, calls of the API": "shows text and calls of the API",
      "approval with `useInterrupt`": "approves and refuses with useInterrupt",
      "`useFrontendTool`": "runs tools of useFrontendTool",
      "`useHumanInTheLoop`": "asks the person with useHumanInTheLoop",
    },
  },
  {
    name: "assistant-ui",
    packages: ["@assistant-ui/react-ag-ui", "@assistant-ui/react"],
    page: "ag-ui",
    files: [`${folder}/assistant-ui.test.ts`],
    works: {
      "text, calls of the API": "shows text and calls of the API",
      "approval with `respondToApproval`": "approves and refuses calls",
      "tools of the page": "runs tools of the page",
    },
  },
  {
    name: "AG-UI",
    packages: ["@ag-ui/client", "ag-ui-client-0.0.59"],
    page: "ag-ui",
    files: [`${folder}/ag-ui.test.ts`],
    works: {
      "text, calls of the API": "streams text and calls of the API.",
      "own tools": "runs its tools; pending calls are listed from version 1.0 on.",
      approval: "approves a call once",
      "files in the form of each version": "sends files in its own form.",
    },
  },
  {
    name: "MCP",
    packages: ["@modelcontextprotocol/client"],
    page: "mcp",
    files: ["test/protocols/mcp/http.test.ts", "test/protocols/mcp/stdio.test.ts"],
    works: {
      "tools, in pages": "lists the tools of a large document in pages.",
      "results with structured content": "returns text, and structured content when the response is JSON.",
      "approval by elicitation": "asks the user before a write",
      progress: "reports progress while a list is fetched in pages.",
      cancellation: "cancels the API request when the client cancels the call.",
    },
  },
];

/**
 * Returns one row for each client, with the versions of the lock file. `texts` maps paths to texts.
 * @throws Error when no test has the title of a feature, or the lock file lacks a package.
 */
export function formatClientsTable(
  clients: readonly ClientDocs[],
  texts: Readonly<Record<string, string>>,
): string {
  const rows = clients.map(({ name, packages, page, files, works }) => {
    const tests = files.map((file) => texts[file] ?? "").join("\n");
    for (const title of Object.values(works))
      if (!tests.includes(`"${title}`)) throw new Error(`${name}: no test title begins with "${title}"`);
    const versions = packages.map((alias) => findVersion(alias, texts[LOCK_FILE] ?? ""));
    const cells = [name, versions.join(", "), `[${page}](${page}.md)`, Object.keys(works).join("; ")];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| client | versions | protocol | works |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** Returns a package and its version, such as `` `ai` 7.0.0 ``. The lock file has `"alias": ["name@version", …]`. */
function findVersion(alias: string, lock: string): string {
  const start = `\n    "${alias}": ["`;
  const from = lock.indexOf(start);
  if (from === -1) throw new Error(`${LOCK_FILE}: no package ${alias}`);
  const entry = lock.slice(from + start.length, lock.indexOf('"', from + start.length));
  const at = entry.lastIndexOf("@");
  return `\`${entry.slice(0, at)}\` ${entry.slice(at + 1)}`;
}
