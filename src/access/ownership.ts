/** Decides who may use a session, a file or an approval request. Only this file knows how anonymous owners are recognised. */
import type { AuditLog } from "./audit/types.ts";
import type { Authorizer } from "./authorization/types.ts";
import { organizationScope } from "./caller.ts";
import type { Caller, CallerId } from "./types.ts";

/** An object that a caller asks for by its id. */
export interface OwnedObject {
  readonly owner: CallerId;
  /** What the audit log calls it, such as `session ID`. */
  readonly name: string;
}

interface OwnershipPorts {
  readonly audit: AuditLog;
}

/** Returns a prefix for keys that authenticated callers own. Those of all other callers share one, and cannot be guessed. */
export function keyScope({ id, identity }: Caller): string {
  return identity === undefined ? "" : `${id} `;
}

/** Returns whether a caller may use what `owner` owns. Without authentication, objects of anonymous owners are open to everyone who knows their id. */
export function isAccessible(owner: CallerId, caller: Caller): boolean {
  return owner === caller.id || (owner.startsWith("anonymous:") && caller.identity === undefined);
}

/** Returns whether a caller may use an object. A denial is recorded: the client gets the same answer as if there were no such object. */
export function checkOwner({ audit }: OwnershipPorts, { owner, name }: OwnedObject, caller: Caller): boolean {
  if (isAccessible(owner, caller)) return true;
  recordOtherOwner(audit, name);
  return false;
}

/** Records that the client asked for an object of another caller. */
export function recordOtherOwner(audit: AuditLog, name: string): void {
  audit.record({ event: "denied", reason: "authorization", code: "other_owner", subject: name });
}

/** Returns whether a caller may read the texts of an object: the owner, or an administrator of texts. What the latter reads is recorded. */
export function checkReader(
  ports: OwnershipPorts & { readonly authorizer: Pick<Authorizer, "permissionsFor"> },
  object: OwnedObject,
  caller: Caller,
): boolean {
  const isAdministrator =
    !isAccessible(object.owner, caller) &&
    isAdministered(object.owner, caller) &&
    ports.authorizer.permissionsFor(caller).administrates("texts");
  if (!isAdministrator) return checkOwner(ports, object, caller);
  ports.audit.record({ event: "administration", act: "texts_read", subject: object.name });
  return true;
}

/** Returns whether an administrator is concerned with an owner: of the same organization, or any when the administrator has none. */
export function isAdministered(owner: string, { identity }: Caller): boolean {
  if (!identity) return false;
  return identity.organization === undefined || owner.startsWith(organizationScope(identity.organization));
}
