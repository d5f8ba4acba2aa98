/** What breaks a rule today. These lists may only shrink. */

export const DUPLICATE_TYPES: readonly string[] = [];
