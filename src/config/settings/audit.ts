/** Settings of the audit log. */
import { integer, list, parseAuditRule, secretText, text, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Access");

export const auditGroup = {
  auditLog: optional(
    text("FILE|stdout"),
    "audit log: JSON lines, chained by hash; a file that is only appended to, or stdout",
  ),
  auditArguments: setting(
    list("MODE,FIELD=MODE,…", parseAuditRule),
    ["names"],
    "arguments of calls in the audit log: none, names, masked (type and length) or all; a rule such as address.*=none is for arguments of that name",
  ),
  auditRequired: setting(toggle(), false, "refuse messages and calls while the audit log cannot be written"),
  auditMaxSize: setting(
    integer({ min: 10_000 }),
    100_000_000,
    "bytes after which the audit log begins a new file; it also begins one each day (UTC)",
  ),
  auditKey: optional(
    secretText("SECRET"),
    "secret of the audit log's hashes (HMAC); without it, who can write the file can also compute them",
    { secret: true },
  ),
};
