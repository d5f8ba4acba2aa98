/** Fills a data folder with stored sessions, by `specchat sessions import`. */
import { userCaller } from "../../../src/access/caller.ts";
import { HEADER } from "../../../src/commands/sessions/format.ts";

/** The id of the caller with the API key that clients of the benchmarks present. */
const OWNER = userCaller({ user: "key:bench", roles: [], method: "api-key" }).id;
const WORDS = ["order", "customer", "late", "shipping", "invoice", "refund", "ticket", "account", "payment"];
/** The turns of a session. */
const TURNS = 2;

/** Stores sessions of the caller of the benchmarks. @throws Error when the import fails. */
export async function seedSessions(
  command: readonly string[],
  folder: string,
  sessions: number,
): Promise<void> {
  const file = Bun.file(`${folder}/seed.jsonl`);
  const writer = file.writer();
  writer.write(`${JSON.stringify(HEADER)}\n`);
  for (let index = 0; index < sessions; index++)
    for (const line of createLines(index)) writer.write(`${JSON.stringify(line)}\n`);
  await writer.end();
  const child = Bun.spawn([...command, "sessions", "import", `${folder}/seed.jsonl`, "--data-dir", folder], {
    cwd: folder,
    env: { HOME: folder },
    stdout: "ignore",
    stderr: "pipe",
  });
  const problem = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`the import failed: ${problem.slice(0, 500)}`);
  await file.delete();
}

function createLines(index: number): readonly object[] {
  const at = new Date(Date.now() - index * 1000).toISOString();
  const write = (words: number, salt: number) =>
    Array.from({ length: words }, (_, word) => WORDS[(index * 31 + word * word + salt) % WORDS.length]).join(
      " ",
    );
  const messages = Array.from({ length: TURNS }, (_, turn) => [
    { role: "user", id: `u${index}-${turn}`, at, text: write(12, turn) },
    {
      role: "assistant",
      id: `a${index}-${turn}`,
      at,
      model: "bench",
      usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
      parts: [{ type: "text", text: write(80, turn) }],
    },
  ]).flat();
  const session = {
    id: `seeded-${index}`,
    owner: OWNER,
    createdAt: at,
    updatedAt: at,
    title: write(5, 0),
    model: "bench",
    allowed: [],
    seq: 0,
    spent: [],
  };
  return [{ session, messageCount: messages.length }, ...messages.map((message) => ({ message }))];
}
