/** What breaks a rule today. These lists may only shrink. */

export const LONG_FILES: readonly string[] = ["src/sessions/live-session.ts"];

export const LONG_FUNCTIONS: readonly string[] = ["src/turns/run-turn.ts runTurn"];

export const DUPLICATE_TYPES: readonly string[] = [];
