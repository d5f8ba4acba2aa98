/** Finds a tool of the caller by its name in a URL. */
import { AppError } from "../../errors.ts";
import type { AnyTool } from "../../tools/types.ts";
import { permittedCatalog, recordForbiddenCall } from "../../turns/permitted-catalog.ts";
import type { RequestContext } from "./types.ts";

/** @throws AppError `not_found`, also for a tool that the caller may not use. */
export function findPermittedTool(
  { app, caller }: Pick<RequestContext, "app" | "caller">,
  name: string,
): AnyTool {
  const { tools, custom } = permittedCatalog(app, caller);
  const tool = [...tools, ...custom].find((one) => one.name === name);
  if (tool) return tool;
  recordForbiddenCall(app, name);
  throw new AppError("not_found", "There is no such tool.");
}
