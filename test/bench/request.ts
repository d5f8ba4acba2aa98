/** Builds a request from the arguments for ten parameters. Baseline: URLSearchParams with the same values. */
import type { Parameter } from "../../src/openapi/types.ts";
import { buildRequest } from "../../src/tools/request/request.ts";
import { buildTool, createParameter } from "../tools/fixtures.ts";
import { type Measurement, measureFastest } from "./measurement.ts";

const COUNT = 20_000;

export async function request(): Promise<readonly Measurement[]> {
  const query: Parameter[] = Array.from({ length: 8 }, (_, index) =>
    createParameter({
      name: `q${index}`,
      in: "query",
      schema: { type: index % 2 === 0 ? "string" : "integer" },
    }),
  );
  const builtTool = buildTool({
    path: "/things/{id}",
    parameters: [
      createParameter({ name: "id", in: "path", required: true }),
      createParameter({ name: "X-Tenant", in: "header" }),
      ...query,
    ],
  });
  const values = {
    id: "a b/c",
    "X-Tenant": "acme",
    ...Object.fromEntries(query.map(({ name }, index) => [name, index % 2 === 0 ? `value ${index}` : index])),
  };
  const building = await measureFastest(7, () => {
    for (let count = 0; count < COUNT; count++) buildRequest(builtTool, values);
  });
  const baseline = await measureFastest(7, () => {
    for (let count = 0; count < COUNT; count++) {
      const search = new URLSearchParams();
      for (const { name } of query) search.set(name, String(values[name as keyof typeof values]));
      new URL(`http://host/things/${encodeURIComponent(values.id)}?${search}`).href;
    }
  });
  return [
    {
      name: "build a request with ten parameters",
      value: `${((building / COUNT) * 1000).toFixed(2)} µs`,
      ratio: { of: building / baseline, to: "URLSearchParams alone", target: 5 },
    },
  ];
}
