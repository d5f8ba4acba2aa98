/** Why one operation, and only that one, cannot be offered. Becomes its {@link Rejection}. */
export class OperationProblem extends Error {
  override readonly name = "OperationProblem";
}
