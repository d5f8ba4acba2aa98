/** `specchat ask`: one turn in the terminal. */

import { TERMINAL } from "../access/caller.ts";
import { createApp } from "../app.ts";
import type { TurnEvent } from "../chat/types.ts";
import { stringifyJson } from "../json.ts";
import { LiveSessions } from "../sessions.ts";
import { patiently, READING } from "./patiently.ts";
import type { Command, Terminal } from "./types.ts";

export const ask: Command = {
  shape: {
    describe: "answer one question in the terminal",
    takes: ["question"],
    flags: { json: { describe: "one event a line instead of text" } },
  },
  async run({ loaded, terminal, ports, useDemoModel, stop }) {
    // There is no next question that notes on this one would be for.
    const config = { ...loaded.config, summarize: false };
    const app = await patiently(terminal, READING, createApp(config, ports, useDemoModel));
    const show = loaded.arguments.flags.json ? jsonLines(terminal) : plainText(terminal);
    let answered = false;
    const session = new LiveSessions(app).open(TERMINAL, {}, (event) => {
      show(event);
      if (event.type === "turn_ended") {
        answered =
          event.end.outcome === "answered" && event.end.stopReason !== "stopped" && !isSilent(event.end);
      }
    });
    stop.addEventListener("abort", () => session.stop(), { once: true });
    session.ask({ message: loaded.arguments.positionals[0] ?? "" });
    await session.idle();
    app.model.close();
    await Promise.all([app.apis.stop(), app.store.close(), app.results.close()]);
    return answered ? 0 : 1;
  },
};

const NO_ANSWER = "The model gave no answer.\n";

function isSilent({ text }: { readonly text: string }): boolean {
  return text.trim() === "";
}

type Show = (event: TurnEvent) => void;

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
