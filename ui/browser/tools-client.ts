/** Reads the tools of the user, and the requests that calls would send. */
import { parseExact, stringifyExact } from "../json/exact.ts";
import type { CallPreviewFrame, ToolDetailFrame, ToolFrame } from "../protocol.ts";
import { resolveToolsUrl } from "./address.ts";

/** @throws Error if the server does not answer */
export async function fetchTools(): Promise<readonly ToolFrame[]> {
  const response = await fetch(resolveToolsUrl());
  if (!response.ok) throw new Error(`the list of tools answered ${response.status}`);
  return ((await response.json()) as { readonly tools: readonly ToolFrame[] }).tools;
}

/** @throws Error if the server does not answer, or the user may not use the tool */
export async function fetchTool(name: string): Promise<ToolDetailFrame> {
  const response = await fetch(`${resolveToolsUrl()}/${encodeURIComponent(name)}`);
  if (!response.ok) throw new Error(`the tool answered ${response.status}`);
  return parseExact(await response.text()) as ToolDetailFrame;
}

/** Returns the request that a call would send, or why it would send none. Nothing is sent to the API. */
export async function fetchDryRun(
  name: string,
  values: Readonly<Record<string, unknown>>,
  session: string | undefined,
): Promise<{ readonly request: CallPreviewFrame } | { readonly problem: string | undefined }> {
  try {
    const response = await fetch(`${resolveToolsUrl()}/${encodeURIComponent(name)}/request`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: stringifyExact({ arguments: values, ...(session !== undefined && { session_id: session }) }),
    });
    const body = await response.json();
    return response.ok ? { request: body } : { problem: String(body.detail) };
  } catch {
    return { problem: undefined };
  }
}
