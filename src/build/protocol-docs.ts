/** Formats the behavior of each protocol with item ids as a table of the manual, from the titles of its tests. */

export interface ProtocolDocs {
  /** The name in the markers of its page. */
  readonly name: string;
  /** The path of the page from the repository's root. */
  readonly page: string;
  /** The letter of its items, which are numbered from 1 to `count`. */
  readonly letter: string;
  readonly count: number;
  /** The paths of its tests from the repository's root. */
  readonly files: readonly string[];
}

const folder = "test/contracts";
export const PROTOCOL_DOCS: readonly ProtocolDocs[] = [
  {
    name: "native",
    page: "src/manual/native.md",
    letter: "N",
    count: 12,
    files: [`${folder}/native.test.ts`, "test/scenarios/resume.test.ts"],
  },
  {
    name: "agent",
    page: "src/manual/bedrock-agent.md",
    letter: "A",
    count: 22,
    files: [`${folder}/bedrock-agent.test.ts`],
  },
  {
    name: "langchain",
    page: "src/manual/langchain.md",
    letter: "B",
    count: 23,
    files: [`${folder}/langchain.test.ts`],
  },
  {
    name: "dashboard",
    page: "src/manual/dashboard.md",
    letter: "C",
    count: 23,
    files: [`${folder}/dashboard.test.ts`],
  },
  {
    name: "completions",
    page: "src/manual/completions.md",
    letter: "D",
    count: 19,
    files: [`${folder}/completions.test.ts`],
  },
];

/** Returns one row for each item. `tests` maps paths to texts. @throws Error when no test title has an item. */
export function formatProtocolTable(
  { letter, count, files }: Pick<ProtocolDocs, "letter" | "count" | "files">,
  tests: Readonly<Record<string, string>>,
): string {
  const titles = files.flatMap((file) => parseTitles(tests[file] ?? ""));
  const rows = Array.from({ length: count }, (_, index) => {
    const item = `${letter}${index + 1}`;
    const meanings = titles.filter(({ items }) => items.includes(item)).map(({ meaning }) => meaning);
    if (meanings.length === 0) throw new Error(`no test title has item ${item}`);
    return `| ${item} | ${[...new Set(meanings)].join("; ").replaceAll("|", "\\|").replaceAll("<", "&lt;")} |`;
  });
  return ["| item | behavior |", "| --- | --- |", ...rows].join("\n");
}

interface TestTitle {
  readonly items: readonly string[];
  readonly meaning: string;
}

const TITLE = /^( *)(?:describe|test)(?:\.\w+)?(?:\([^"]*\))?\("((?:[^"\\]|\\.)+)"/;
const ITEMS = /^((?:[A-Z]\d+, )*[A-Z]\d+) (.+)$/;

/** Parses the titles with items. The title of a `describe` block and each title in it are joined to one sentence. */
function parseTitles(text: string): readonly TestTitle[] {
  const titles: TestTitle[] = [];
  let group: TestTitle | undefined;
  for (const line of text.split("\n")) {
    const [, indent, quoted] = TITLE.exec(line) ?? [];
    if (indent === undefined || quoted === undefined) continue;
    const title = quoted.replace(/\\(.)/g, "$1");
    const [, items, words] = ITEMS.exec(title) ?? [];
    if (indent === "") group = undefined;
    if (items !== undefined && words !== undefined) {
      const parsed = { items: items.split(", "), meaning: words.replace(/[:.]$/, "") };
      if (line.startsWith("describe") && !words.endsWith(":")) group = parsed;
      else titles.push(parsed);
    } else if (group && indent !== "" && !title.includes("%")) {
      titles.push({ items: group.items, meaning: `${group.meaning} ${title.replace(/\.$/, "")}` });
    }
  }
  return titles;
}
