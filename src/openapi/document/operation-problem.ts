/** Why one operation, and only that one, cannot be offered. Becomes its {@link Rejection}. */
export class OperationError extends Error {
  override readonly name = "OperationProblem";
}
