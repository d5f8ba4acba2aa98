/**
 * One turn: a user message until its reply. Each round is one model call and the tool calls it asks for. Events are
 * yielded as they happen; the inputs are never mutated.
 */
import {
  type ActiveTurn,
  createActiveTurn,
  type TurnInput,
  type TurnLimits,
  type TurnPorts,
} from "./active-turn.ts";
import { isWorthRepeating } from "./empty-reply.ts";
import { endAtBudget, endAtLimit, endWithError, endWithReply } from "./end-turn.ts";
import { TurnRecord, type UserInput } from "./record.ts";
import { ReplyBuilder } from "./reply.ts";
import { addResults, runApprovedCalls, runNewCalls, startCalls, suspendForApproval } from "./round-calls.ts";
import { streamReply } from "./stream-reply.ts";
import type { DecidedRound, Message, TurnEvent } from "./types.ts";

export type { TurnInput, TurnLimits, TurnPorts };

/**
 * Yields `turn_started`, the events of the turn, and exactly one `turn_ended`, or `turn_waiting` when calls need approval.
 * Aborting `signal` stops the turn. Never throws.
 */
export async function* startTurn(
  input: TurnInput & UserInput,
  limits: TurnLimits,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const { record, userMessage } = TurnRecord.start(input.model, input, ports);
  yield { type: "turn_started", turnId: input.id, question: userMessage };
  yield* runRounds(createActiveTurn(record, input, limits, ports, signal));
}

/**
 * Resumes a turn whose pending calls were all decided. Ends as {@link startTurn} does.
 * @param input `messages` are the turn's own, from its user message on; `history` precedes them.
 */
export async function* continueTurn(
  input: TurnInput & { readonly decided: DecidedRound; readonly messages: readonly Message[] },
  limits: TurnLimits,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const record = TurnRecord.resume(input.decided, input.messages, ports);
  const earlierResults = [...record.results, ...input.decided.results];
  const turn = createActiveTurn(record, input, limits, ports, signal, earlierResults);
  yield* runRounds(turn, input.decided);
}

/** @param decided the suspended round, which is completed first. */
async function* runRounds(turn: ActiveTurn, decided?: DecidedRound): AsyncGenerator<TurnEvent, void> {
  let reply = new ReplyBuilder();
  try {
    let limit: string | undefined;
    if (decided) {
      const { pending, results } = yield* runApprovedCalls(decided, turn);
      if (pending.length > 0) return yield suspendForApproval(pending, results, turn);
      limit = yield* addResults(results, turn);
    }
    for (let round = turn.record.rounds + 1; ; round++) {
      reply = new ReplyBuilder();
      const refusal = await turn.ports.reserveCall?.();
      if (refusal && round > 1) return yield* endAtBudget(round, refusal, turn);
      if (refusal) throw refusal;
      yield* streamReply(round, reply, turn);
      if (limit === undefined && isWorthRepeating(reply)) {
        turn.record.addReply(reply, []);
        reply = new ReplyBuilder();
        yield* streamReply(round, reply, turn);
      }
      if (limit !== undefined) return yield* endAtLimit(round, limit, reply, turn);
      if (reply.calls.length === 0) return yield* endWithReply(round, reply, turn);
      yield* startCalls(round, reply, turn);
      const { pending, results } = yield* runNewCalls(round, turn);
      if (pending.length > 0) return yield suspendForApproval(pending, results, turn);
      limit = yield* addResults(results, turn);
    }
  } catch (error) {
    yield* endWithError(error, reply, turn);
  }
}
