/** The audit log that records nothing. */
import type { AuditLog } from "./types.ts";

const run = <Result>(work: () => Result): Result => work();

export const NO_AUDIT: AuditLog = {
  isOn: false,
  problem: undefined,
  record() {},
  runAs: (_actor, work) => work(),
  within: (_scope, work) => work(),
  identify() {},
  capture: () => run,
  assertWritable() {},
  close: () => Promise.resolve(),
};
