/** Keeps control characters of models, APIs and documents away from the terminal. */
import { escapeControls } from "../chat/visible-text.ts";
import type { RunCommand, Terminal } from "./types.ts";

/** Returns the command with an output in which control characters, except line feed and tab, are escapes such as `\u001b`. */
export function withPlainOutput(run: RunCommand): RunCommand {
  return (context) => run({ ...context, terminal: escapeOutput(context.terminal) });
}

export function escapeOutput(terminal: Terminal): Terminal {
  const { prompt } = terminal;
  return {
    out: (text) => terminal.out(escapeControls(text)),
    err: (text) => terminal.err(escapeControls(text)),
    flush: () => terminal.flush(),
    ...(prompt && { prompt: (question, stop) => prompt(escapeControls(question), stop) }),
  };
}
