/**
 * Reports why a single operation cannot become a tool. Other operations of the document are not affected. Its message
 * becomes the reason of a {@link Rejection}.
 */
export class OperationError extends Error {
  override readonly name = "OperationError";
}
