/** Creates the authorizer of the configured roles. */
import type { Authorizer, Permissions } from "./types.ts";

const EVERYTHING: Permissions = {
  key: "",
  isAdministrator: true,
  limits: [],
  operation: () => "allowed",
  allowsModel: () => true,
  allowsProtocol: () => true,
};

/** Returns an authorizer that allows everything to every caller. */
export function createAuthorizer(): Authorizer {
  return { permissionsFor: () => EVERYTHING };
}
