/** The tool of the baselines, which calls the API of things. */
export const THING_TOOL = {
  toolSpec: {
    name: "getThing",
    description: "Get a thing",
    inputSchema: {
      json: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
    },
  },
};
