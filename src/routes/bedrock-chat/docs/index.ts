/** `GET {base}/docs`: the topics of the manual, or with `?q=` the sections that contain these words. */
import { docsPath, isPageServed } from "../../../config/paths.ts";
import { manualLinks, manualResponse } from "../../_http/manual.ts";
import type { Route } from "../../_http/types.ts";
import { docs } from "../../docs.ts";

export const manual: Route = {
  path: docsPath,
  methods: {
    async GET(request, visit) {
      const { url, app } = visit;
      // At the base path `/`, both pages have this address: browsers get the manual.
      const isPlain = url.pathname === docs.path(app.config) && !isBrowser(request);
      if (isPlain) return docs.methods.GET?.(request, visit);
      const [{ TOPICS }, { searchManual }, { renderMatches, renderTopics }] = await Promise.all([
        import("../../../manual/topics.ts"),
        import("../../../manual/search.ts"),
        import("../../../manual/html.ts"),
      ]);
      const links = manualLinks(app.config, docsPath(app.config));
      const query = (url.searchParams.get("q") ?? "").trim().slice(0, 200);
      return await manualResponse(
        query === ""
          ? renderTopics(TOPICS, links)
          : renderMatches(query, searchManual(TOPICS, query), TOPICS, links),
      );
    },
  },
  enabled: isPageServed,
};

function isBrowser(request: Request): boolean {
  return request.headers.get("accept")?.includes("text/html") ?? false;
}
