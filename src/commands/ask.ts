/** `specchat ask`: runs one turn in the terminal. */
import { TERMINAL } from "../access/caller.ts";
import { closeApp, createApp } from "../app/create-app.ts";
import { endsWithExplanation } from "../chat/empty-reply.ts";
import type { Approval, ChatEvent, StopReason, WaitingTurn } from "../chat/types.ts";
import { stringifyJson } from "../json.ts";
import { SessionRegistry } from "../sessions/session-registry.ts";
import type { SessionDecision } from "../sessions/types.ts";
import { describeCall } from "../turns/call-preview.ts";
import { withPlainOutput } from "./plain-output.ts";
import { LOADING_DOCUMENTS, withProgressMessage } from "./show-progress.ts";
import type { Terminal } from "./types.ts";

export const ask = withPlainOutput(async ({ loaded, terminal, ports, useDemoModel, stop }) => {
  // There is no second turn, so nothing is stored or summarized.
  const config = { ...loaded.config, summarize: false, store: "memory" };
  const app = await withProgressMessage(terminal, LOADING_DOCUMENTS, createApp(config, ports, useDemoModel));
  const printEvent = loaded.arguments.flags.json ? createJsonPrinter(terminal) : createTextPrinter(terminal);
  const session = new SessionRegistry(app).create(TERMINAL, {});
  let succeeded = false;
  const waitingTurns: WaitingTurn[] = [];
  session.subscribe({
    onEvent({ event }) {
      printEvent(event);
      if (event.type === "turn_waiting") waitingTurns.push(event.turn);
      if (event.type !== "turn_ended") return;
      succeeded =
        event.end.outcome === "answered" && event.end.stopReason !== "stopped" && !isEmptyReply(event.end);
    },
    onCleared() {},
  });
  stop.addEventListener("abort", () => void session.stop(), { once: true });
  const message = loaded.arguments.positionals[0] ?? "";
  session.submit({ caller: TERMINAL, message, canApprove: terminal.prompt !== undefined });
  await session.whenIdle();
  for (let turn = waitingTurns.pop(); turn; turn = waitingTurns.pop()) {
    // Calls are decided one at a time: the turn waits again with the remaining ones.
    await session.decideApproval(await requestDecision(turn.approval, terminal, stop));
    await session.whenIdle();
  }
  await closeApp(app);
  return succeeded ? 0 : 1;
});

/** Asks for approval of the first pending call. Any input but yes rejects the call; other input than no is the reason. */
async function requestDecision(
  { id, calls: [pendingCall] }: Approval,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<SessionDecision> {
  const call = pendingCall?.call;
  const callDescription = pendingCall ? describeCall(pendingCall.call, pendingCall.preview) : "";
  const input =
    (await terminal.prompt?.(`${callDescription}\nAllow this call? [y/N, or a reason] `, stop))?.trim() ?? "";
  const approved = /^(y|yes)$/i.test(input);
  return {
    caller: TERMINAL,
    approvalId: id,
    callIds: call && [call.id],
    approved,
    forSession: false,
    reason: approved || /^(n|no)?$/i.test(input) ? undefined : input,
  };
}

/** Returns whether the turn ended with the text that stands in for an empty reply. */
function isEmptyReply({
  text,
  stopReason,
}: {
  readonly text: string;
  readonly stopReason: StopReason;
}): boolean {
  return endsWithExplanation(text, stopReason);
}

type EventPrinter = (event: ChatEvent) => void;

/** Prints events as JSON. Errors have no detail or stack, which are in the log. */
function createJsonPrinter(terminal: Terminal): EventPrinter {
  return (event) => {
    if (event.type !== "turn_ended" || event.end.outcome === "answered") {
      terminal.out(`${stringifyJson(event)}\n`);
      return;
    }
    const { code, message, retryable } = event.end.error;
    terminal.out(
      `${stringifyJson({ ...event, end: { ...event.end, error: { code, message, retryable } } })}\n`,
    );
  };
}

/** Prints the reply to standard output, and calls and notices to standard error. */
function createTextPrinter(terminal: Terminal): EventPrinter {
  let isMidLine = false;
  const printAside = (text: string) => {
    if (isMidLine) terminal.out("\n");
    isMidLine = false;
    terminal.err(`${text}\n`);
  };
  return (event) => {
    switch (event.type) {
      case "text_delta":
        terminal.out(event.text);
        isMidLine = !event.text.endsWith("\n");
        break;
      case "call_started":
        printAside(`→ ${event.call.name} ${stringifyJson(event.call.arguments)}`);
        break;
      case "call_ended": {
        const { name, status, httpStatus, durationMs } = event.result;
        printAside(
          `← ${name} ${status}${httpStatus === undefined ? "" : ` ${httpStatus}`} in ${Math.round(durationMs)} ms`,
        );
        break;
      }
      case "notice":
        printAside(event.message);
        break;
      case "turn_ended":
        if (isMidLine) terminal.out("\n");
        if (event.end.outcome === "failed") terminal.err(`${event.end.error.message}\n`);
        break;
    }
  };
}
