/** The audit log that records nothing. */
import type { AuditLog } from "./types.ts";

export const NO_AUDIT: AuditLog = {
  isOn: false,
  problem: undefined,
  record() {},
  runAs: (_actor, work) => work(),
  within: (_scope, work) => work(),
  identify() {},
  assertWritable() {},
  close: () => Promise.resolve(),
};
