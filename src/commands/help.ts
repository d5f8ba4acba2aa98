/** `specchat help`: prints the commands and the topics of the manual, or one topic. It reads no settings, so it works when they are wrong. */
import type { CommandSpec, Commands } from "../config/arguments.ts";
import { formatEntry, formatGeneralHelp, formatHelp } from "../config/help.ts";
import type { Terminal } from "./types.ts";

export const helpSpec: CommandSpec = {
  description: "read the manual: the list of topics, one of them, or an error code",
  parameters: ["topic?"],
};

const MAX_COLUMNS = 100;

interface HelpContext {
  /** The commands with their own `--help`. */
  readonly commands: Commands;
  readonly terminal: Terminal;
  /** Columns of the terminal. */
  readonly columns: number;
}

/** Prints the manual. Resolves to the exit code, 2 when the topic does not exist. */
export async function showManual(
  topic: string | undefined,
  { commands, terminal, columns }: HelpContext,
): Promise<0 | 2> {
  const width = Math.max(40, Math.min(MAX_COLUMNS, columns));
  const { findTopic, TOPICS } = await import("../manual/topics.ts");
  if (topic === undefined) {
    terminal.out(`${await formatTopicList(commands, width)}\n`);
    return 0;
  }
  const found = findTopic(topic);
  const isCommand = Object.hasOwn(commands, topic);
  if (found !== undefined) {
    const { renderForTerminal } = await import("../manual/terminal.ts");
    const hint = isCommand ? `\n\n\`specchat ${topic} --help\` lists the flags of the command.` : "";
    terminal.out(`${renderForTerminal(found.text, width)}${hint}\n`);
    return 0;
  }
  if (isCommand) {
    terminal.out(`${formatHelp(commands, { command: topic, width })}\n`);
    return 0;
  }
  const { findErrorSection } = await import("../manual/find-error.ts");
  const section = findErrorSection(TOPICS, topic);
  if (section !== undefined) {
    const { renderForTerminal } = await import("../manual/terminal.ts");
    terminal.out(`${renderForTerminal(section, width)}\n`);
    return 0;
  }
  const { findNearestTopics } = await import("../manual/find-topic.ts");
  const names = findNearestTopics(TOPICS, topic).map(({ name }) => name);
  terminal.err(
    `Unknown topic ${JSON.stringify(topic)}. Nearest: ${names.join(", ")}. \`specchat help\` lists all topics.\n`,
  );
  return 2;
}

async function formatTopicList(commands: Commands, width: number): Promise<string> {
  const { TOPICS } = await import("../manual/topics.ts");
  const groups = [...Map.groupBy(TOPICS, ({ group }) => group)].flatMap(([group, topics]) => [
    `  ${group}:`,
    ...topics.flatMap(({ name, summary }) => formatEntry(`  ${name}`, summary, width)),
    "",
  ]);
  return [
    ...formatGeneralHelp(commands, width),
    "Topics, each with `specchat help <topic>`:",
    "",
    ...groups,
    "A running server has the same pages with search at /bedrock-chat/docs.",
  ].join("\n");
}
