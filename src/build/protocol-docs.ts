/** What specchat does of each system that it replaces, as the README's tables: read from the names of the tests that hold it to that. */

export interface ContractDocs {
  readonly title: string;
  /** Of its items, which are numbered from 1 to `count`. */
  readonly letter: string;
  readonly count: number;
  /** Tests of it, from the repository's root. */
  readonly files: readonly string[];
}

const folder = "test/contracts";
export const CONTRACT_DOCS: readonly ContractDocs[] = [
  {
    title: "auto-bedrock-chat, `WebSocket /bedrock-chat/ws`",
    letter: "N",
    count: 12,
    files: [`${folder}/native.test.ts`, "test/scenarios/resume.test.ts"],
  },
  {
    title: "Bedrock Agent Streaming API, `POST /api/agent/stream`",
    letter: "A",
    count: 22,
    files: [`${folder}/bedrock-agent.test.ts`],
  },
  {
    title: "LangChain Docker app, `/api/v1/…`",
    letter: "B",
    count: 23,
    files: [`${folder}/langchain.test.ts`],
  },
  {
    title: "dashboard-server chat, `WebSocket /` and `/ws`",
    letter: "C",
    count: 23,
    files: [`${folder}/dashboard.test.ts`],
  },
  {
    title: "Chat With Stream, `WebSocket /ws/chat/completions`",
    letter: "D",
    count: 19,
    files: [`${folder}/completions.test.ts`],
  },
];

/** `tests`: path → text. @throws Error naming an item that no test is named for. */
export function contractTables(tests: Readonly<Record<string, string>>, contracts = CONTRACT_DOCS): string {
  return contracts.map((contract) => table(contract, tests)).join("\n\n");
}

function table(
  { title, letter, count, files }: ContractDocs,
  tests: Readonly<Record<string, string>>,
): string {
  const named = files.flatMap((file) => titlesOf(tests[file] ?? ""));
  const rows = Array.from({ length: count }, (_, index) => {
    const item = `${letter}${index + 1}`;
    const meanings = named.filter(({ items }) => items.includes(item)).map(({ meaning }) => meaning);
    if (meanings.length === 0) throw new Error(`no test is named for ${item}`);
    return `| ${item} | ${[...new Set(meanings)].join("; ").replaceAll("|", "\\|").replaceAll("<", "&lt;")} |`;
  });
  return [`**${title}**`, "", "| item | what holds |", "| --- | --- |", ...rows].join("\n");
}

interface Title {
  readonly items: readonly string[];
  readonly meaning: string;
}

const TITLE = /^( *)(?:describe|test)(?:\.\w+)?(?:\([^"]*\))?\("((?:[^"\\]|\\.)+)"/;
const ITEMS = /^((?:[A-Z]\d+, )*[A-Z]\d+) (.+)$/;

/** `describe("B16 sessions")` and the tests in it are one sentence each. */
function titlesOf(text: string): readonly Title[] {
  const titles: Title[] = [];
  let group: Title | undefined;
  for (const line of text.split("\n")) {
    const [, indent, quoted] = TITLE.exec(line) ?? [];
    if (indent === undefined || quoted === undefined) continue;
    const title = quoted.replace(/\\(.)/g, "$1");
    const [, items, words] = ITEMS.exec(title) ?? [];
    if (indent === "") group = undefined;
    if (items !== undefined && words !== undefined) {
      const read = { items: items.split(", "), meaning: words.replace(/[:,]$/, "") };
      if (line.startsWith("describe") && !words.endsWith(":")) group = read;
      else titles.push(read);
    } else if (group && indent !== "" && !title.includes("%")) {
      titles.push({ items: group.items, meaning: `${group.meaning} ${title}` });
    }
  }
  return titles;
}
