/** What breaks a rule today. These lists may only shrink. */

export const LONG_FILES: readonly string[] = [
  "src/protocols/ag-ui/codec.ts",
  "src/protocols/ai-sdk/codec.ts",
  "src/protocols/native/connection.ts",
  "src/protocols/openai/codec.ts",
  "src/sessions/live-session.ts",
];

export const LONG_FUNCTIONS: readonly string[] = [
  "src/protocols/ag-ui/codec.ts createRunEncoder",
  "src/turns/run-turn.ts runTurn",
];

export const DUPLICATE_TYPES: readonly string[] = [];
