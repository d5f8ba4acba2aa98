/** `GET {base}/docs/{topic}`: one page of the manual. */
import { docsPath, isPageServed } from "../../../config/paths.ts";
import { manualLinks, manualResponse } from "../../_http/manual.ts";
import { lastSegment, type Route } from "../../_http/types.ts";

export const manualTopic: Route = {
  path: (config) => `${docsPath(config)}/:topic`,
  methods: {
    async GET(_request, { app, url }) {
      const [{ findTopic, TOPICS }, { renderTopic }] = await Promise.all([
        import("../../../manual/topics.ts"),
        import("../../../manual/html.ts"),
      ]);
      const topic = findTopic(lastSegment(url));
      if (topic === undefined) return Response.json({ detail: "Not Found" }, { status: 404 });
      return await manualResponse(renderTopic(topic, TOPICS, manualLinks(app.config, url.pathname)));
    },
  },
  enabled: isPageServed,
};
