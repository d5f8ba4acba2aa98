/** Starts a turn for a client that keeps the history. */
import type { Client } from "../../access/client.ts";
import type { StreamedEvent } from "../../events/event-log.ts";
import type { StatelessRequest } from "../../turns/stateless-request.ts";
import { runStatelessTurn } from "../../turns/stateless-turn.ts";
import { clientFor } from "./client.ts";
import type { RequestContext } from "./types.ts";

interface RunningTurn {
  readonly client: Client;
  readonly turn: AsyncIterable<StreamedEvent>;
  /** Stops the turn: its client has disconnected. */
  readonly stop: () => void;
}

/**
 * Admits the client and starts the turn. Calls that need approval are refused.
 * @param decode returns the request of the admitted client.
 * @throws AppError
 */
export async function startStatelessTurn(
  request: Request,
  context: RequestContext,
  decode: (client: Client) => StatelessRequest | Promise<StatelessRequest>,
): Promise<RunningTurn> {
  const { app, sessions } = context;
  const client = clientFor(request, context);
  await sessions.admit(client);
  const statelessRequest = await decode(client);
  const disconnected = new AbortController();
  const signal = AbortSignal.any([context.signal, disconnected.signal]);
  const turn = await runStatelessTurn(app, sessions, client, statelessRequest, false, signal);
  return { client, turn: reportFailure(turn, context), stop: () => disconnected.abort() };
}

/** Passes events on, and reports the error of a turn that failed. */
export async function* reportFailure(
  turn: AsyncIterable<StreamedEvent>,
  { onFailure }: Pick<RequestContext, "onFailure">,
): AsyncGenerator<StreamedEvent, void> {
  for await (const entry of turn) {
    const { event } = entry;
    if (event.type === "turn_ended" && event.end.outcome === "failed") onFailure?.(event.end.error);
    yield entry;
  }
}
