/**
 * Reports why a single operation cannot become a tool. Other operations of the document are not affected. Its message
 * becomes the reason of a {@link Rejection}.
 */
export class OperationError extends Error {
  override readonly name: string = "OperationError";
}

/** Reports a reference that leads nowhere. Where only a part of an operation depends on it, the operation stays. */
export class MissingReferenceError extends OperationError {
  override readonly name = "MissingReferenceError";
}
