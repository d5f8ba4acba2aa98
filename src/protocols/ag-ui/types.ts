/** The context and the events of a run. */

export interface RunContext {
  readonly threadId: string;
  readonly runId: string;
  /** The client sent tools and runs their calls. */
  readonly clientRunsTools: boolean;
  /** Returns the URL of a file. */
  fileUrl(id: string): string;
}

export interface RunEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}
