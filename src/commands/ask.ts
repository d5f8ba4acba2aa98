/** `specchat ask`: one turn in the terminal. */

import { TERMINAL } from "../access/caller.ts";
import { closeApp, createApp } from "../app/create-app.ts";
import type { Approval, ChatEvent, WaitingTurn } from "../chat/types.ts";
import { stringifyJson } from "../json.ts";
import { SessionRegistry } from "../sessions/session-registry.ts";
import type { SessionDecision } from "../sessions/types.ts";
import { describeCall } from "../turns/approval-policy.ts";
import { READING_DOCUMENTS, withProgressMessage } from "./show-progress.ts";
import type { Command, Terminal } from "./types.ts";

export const ask: Command = {
  spec: {
    description: "answer one question in the terminal",
    parameters: ["question"],
    flags: { json: { description: "one event a line instead of text" } },
  },
  async run({ loaded, terminal, ports, useDemoModel, stop }) {
    // There is no next question: nothing to keep, and nothing that notes would be for.
    const config = { ...loaded.config, summarize: false, store: "memory" };
    const app = await withProgressMessage(
      terminal,
      READING_DOCUMENTS,
      createApp(config, ports, useDemoModel),
    );
    const printEvent = loaded.arguments.flags.json
      ? createJsonPrinter(terminal)
      : createTextPrinter(terminal);
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
    session.submit({ message, canApprove: terminal.prompt !== undefined });
    await session.whenIdle();
    for (let turn = waitingTurns.pop(); turn; turn = waitingTurns.pop()) {
      // One at a time: what is left of it is asked anew.
      await session.decideApproval(await requestDecision(turn.approval, terminal, stop));
      await session.whenIdle();
    }
    await closeApp(app);
    return succeeded ? 0 : 1;
  },
};

/** Anything but a yes is a no; what else is said is the reason. */
async function requestDecision(
  { id, calls: [pendingCall] }: Approval,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<SessionDecision> {
  const call = pendingCall?.call;
  const callDescription = pendingCall ? describeCall(pendingCall.call, pendingCall.preview) : "";
  const input =
    (await terminal.prompt?.(`${callDescription}\nAllow this call? [y/N, or why not] `, stop))?.trim() ?? "";
  const approved = /^(y|yes)$/i.test(input);
  return {
    approvalId: id,
    callIds: call && [call.id],
    approved,
    forSession: false,
    reason: approved || /^(n|no)?$/i.test(input) ? undefined : input,
  };
}

const NO_REPLY = "The model gave no answer.\n";

function isEmptyReply({ text }: { readonly text: string }): boolean {
  return text.trim() === "";
}

type EventPrinter = (event: ChatEvent) => void;

/** Errors lose their stack: an operator's detail is in the log. */
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

/** The answer on standard output; what happens on the way to it on standard error. */
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
        else if (isEmptyReply(event.end) && event.end.stopReason !== "stopped") terminal.err(NO_REPLY);
        break;
    }
  };
}
