/** The context and the events of a run. */

export interface RunContext {
  readonly threadId: string;
  readonly runId: string;
  /** Returns whether the client runs the calls of a tool. */
  isClientTool(name: string): boolean;
  /** The client speaks version 1.0 of the protocol or a later one. Older ones know fewer outcomes. */
  readonly isVersion1: boolean;
  /** Returns the URL of a file. */
  fileUrl(id: string): string;
}

export interface RunEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}
