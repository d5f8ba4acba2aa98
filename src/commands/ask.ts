/** `specchat ask`: one turn in the terminal. */

import { TERMINAL } from "../access/caller.ts";
import { closeApp, createApp } from "../app/create-app.ts";
import type { Approval, ToldEvent, WaitingTurn } from "../chat/types.ts";
import { stringifyJson } from "../json.ts";
import type { SessionAnswer } from "../sessions/live-session.ts";
import { LiveSessions } from "../sessions/session-registry.ts";
import { describeCall } from "../turns/approval-policy.ts";
import { patiently, READING } from "./show-progress.ts";
import type { Command, Terminal } from "./types.ts";

export const ask: Command = {
  shape: {
    describe: "answer one question in the terminal",
    takes: ["question"],
    flags: { json: { describe: "one event a line instead of text" } },
  },
  async run({ loaded, terminal, ports, useDemoModel, stop }) {
    // There is no next question: nothing to keep, and nothing that notes would be for.
    const config = { ...loaded.config, summarize: false, store: "memory" };
    const app = await patiently(terminal, READING, createApp(config, ports, useDemoModel));
    const show = loaded.arguments.flags.json ? jsonLines(terminal) : plainText(terminal);
    const session = new LiveSessions(app).open(TERMINAL, {});
    let answered = false;
    const held: WaitingTurn[] = [];
    session.watch({
      told({ event }) {
        show(event);
        if (event.type === "turn_waiting") held.push(event.turn);
        if (event.type !== "turn_ended") return;
        answered =
          event.end.outcome === "answered" && event.end.stopReason !== "stopped" && !isSilent(event.end);
      },
      cleared() {},
    });
    stop.addEventListener("abort", () => void session.stop(), { once: true });
    const message = loaded.arguments.positionals[0] ?? "";
    session.ask({ message, canAsk: terminal.ask !== undefined });
    await session.idle();
    for (let turn = held.pop(); turn; turn = held.pop()) {
      // One at a time: what is left of it is asked anew.
      await session.approve(await askAbout(turn.approval, terminal, stop));
      await session.idle();
    }
    await closeApp(app);
    return answered ? 0 : 1;
  },
};

/** Anything but a yes is a no; what else is said is the reason. */
async function askAbout(
  { id, calls: [held] }: Approval,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<SessionAnswer> {
  const call = held?.call;
  const what = held ? describeCall(held.call, held.preview) : "";
  const said = (await terminal.ask?.(`${what}\nAllow this call? [y/N, or why not] `, stop))?.trim() ?? "";
  const approved = /^(y|yes)$/i.test(said);
  return {
    approvalId: id,
    callIds: call && [call.id],
    approved,
    forSession: false,
    reason: approved || /^(n|no)?$/i.test(said) ? undefined : said,
  };
}

const NO_ANSWER = "The model gave no answer.\n";

function isSilent({ text }: { readonly text: string }): boolean {
  return text.trim() === "";
}

type Show = (event: ToldEvent) => void;

/** Errors lose their stack: an operator's detail is in the log. */
function jsonLines(terminal: Terminal): Show {
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
function plainText(terminal: Terminal): Show {
  let midLine = false;
  const aside = (text: string) => {
    if (midLine) terminal.out("\n");
    midLine = false;
    terminal.err(`${text}\n`);
  };
  return (event) => {
    switch (event.type) {
      case "text_delta":
        terminal.out(event.text);
        midLine = !event.text.endsWith("\n");
        break;
      case "call_started":
        aside(`→ ${event.call.name} ${stringifyJson(event.call.arguments)}`);
        break;
      case "call_ended": {
        const { name, status, httpStatus, durationMs } = event.result;
        aside(
          `← ${name} ${status}${httpStatus === undefined ? "" : ` ${httpStatus}`} in ${Math.round(durationMs)} ms`,
        );
        break;
      }
      case "notice":
        aside(event.message);
        break;
      case "turn_ended":
        if (midLine) terminal.out("\n");
        if (event.end.outcome === "failed") terminal.err(`${event.end.error.message}\n`);
        else if (isSilent(event.end) && event.end.stopReason !== "stopped") terminal.err(NO_ANSWER);
        break;
    }
  };
}
