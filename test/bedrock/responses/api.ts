/** The Responses API of the stand-in: its checks, its cache, and the reasoning that it encrypted. */
import type { ServerResponse } from "node:http";
import type { Json, Refusal } from "../refusal.ts";
import type { Reply } from "../reply.ts";
import { ResponsesCache } from "./cache.ts";
import { checkResponses } from "./check.ts";
import { sendResponsesStream } from "./respond.ts";
import { findResponsesFamily, type Surface } from "./surfaces.ts";

export class ResponsesApi {
  readonly #cache = new ResponsesCache();
  /** The encrypted contents that were sent, after the model that wrote them. */
  readonly #encrypted = new Set<string>();

  check(body: Json, surface: Surface): Refusal | undefined {
    return checkResponses(body, surface, (content) =>
      this.#encrypted.has(`${String(body.model)} ${content}`),
    );
  }

  async send(response: ServerResponse, reply: Reply, body: Json, surface: Surface): Promise<void> {
    const family = findResponsesFamily(String(body.model), surface);
    const usage = this.#cache.recordUsage(body, "cache" in family ? family.cache : "none");
    const outputTokens = Math.ceil(JSON.stringify([reply.text, reply.calls, reply.blocks]).length / 4);
    let calls = 0;
    await sendResponsesStream(
      response,
      reply,
      body.model,
      { output_tokens: outputTokens, ...usage, ...reply.usage },
      {
        nextCallId: () => {
          calls += 1;
          return `call_${calls - 1}`;
        },
        onEncryptedContent: (content) => this.#encrypted.add(`${String(body.model)} ${content}`),
      },
    );
  }
}
