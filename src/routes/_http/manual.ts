/** Pages of the manual as responses. */
import { docsPath, relativePath, uiPath } from "../../config/paths.ts";
import type { Config } from "../../config/settings.ts";
import type { ManualLinks } from "../../manual/types.ts";

/** `here`: the path of the page that is rendered. */
export function manualLinks(config: Config, here: string): ManualLinks {
  const index = docsPath(config);
  return {
    index: relativePath(here, index),
    topic: relativePath(here, `${index}/`),
    chat: relativePath(here, uiPath(config)),
  };
}

export async function manualResponse(html: string): Promise<Response> {
  const { MANUAL_POLICY } = await import("../../manual/html.ts");
  return new Response(html, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-cache",
      "Content-Security-Policy": MANUAL_POLICY,
      "Referrer-Policy": "no-referrer",
    },
  });
}
