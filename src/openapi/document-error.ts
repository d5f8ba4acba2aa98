/** A document that cannot be read. `message` is one line for the user: what, where, what is wrong, what to do. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";

  constructor(
    readonly source: string,
    problem: string,
  ) {
    super(`${source}: ${oneLine(problem)}`);
  }
}

/** Why one operation, and only that one, cannot be offered. Becomes its {@link Rejection}. */
export class OperationProblem extends Error {
  override readonly name = "OperationProblem";
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}
