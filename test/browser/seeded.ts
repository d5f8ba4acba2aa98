/** Puts conversations into the store of a server, without running their turns. */
import type { CallerId } from "../../src/access/types.ts";
import type { Message, MessageId, SessionId } from "../../src/chat/types.ts";
import type { DemoServer } from "./real.ts";

/** Stores a conversation that every browser may open. `at` returns the time of a turn. Returns its id. */
export async function storeConversation(
  { app }: Pick<DemoServer, "app">,
  turns: number,
  at: (turn: number) => Date = (turn) => new Date(Date.now() - (turns - turn) * 60_000),
): Promise<string> {
  const id = crypto.randomUUID() as SessionId;
  const now = new Date().toISOString();
  const owner = "anonymous:seeded" as CallerId;
  await app.store.create({
    id,
    owner,
    createdAt: now,
    updatedAt: now,
    title: "Seeded",
    allowed: [],
    seq: 0,
    spent: [],
  });
  const messages = Array.from({ length: turns }, (_, index) =>
    createTurn(index + 1, at(index + 1).toISOString()),
  );
  await app.store.write(id, { at: now, messages: messages.flat() });
  return id;
}

function createTurn(turn: number, at: string): readonly Message[] {
  const usage = { inputTokens: 100, outputTokens: 20, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const lines = Array.from({ length: (turn % 4) + 1 }, (_, line) => `Line ${line + 1} of reply **${turn}**.`);
  return [
    { role: "user", id: questionId(turn), at, text: `Question ${turn}` },
    {
      role: "assistant",
      id: `a${turn}` as MessageId,
      at,
      parts: [{ type: "text", text: lines.join("\n\n") }],
      model: "demo",
      usage,
      stopReason: "end_turn",
    },
  ];
}

/** Returns the id of the user message of a turn. */
export const questionId = (turn: number) => `q${turn}` as MessageId;
