/** Runs the cases of `test/fixtures/results/paging`: lists in pages, in the shapes that public APIs and standards have. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import {
  type CaseOperation,
  type ResultCaseServer,
  readContent,
  startResultCases,
} from "../support/result-cases.ts";

setDefaultTimeout(60_000);

interface PagingExpectation {
  /** The ids of all records. Nothing says that something is missing. */
  readonly all?: readonly unknown[];
  /** The ids of the records that can be had. The text says that this is a part. */
  readonly part?: readonly unknown[];
  readonly any?: readonly PagingExpectation[];
  /** Arguments that a plain call names for the next page. */
  readonly next?: Readonly<Record<string, unknown>>;
  /** Whether a plain call has a line that begins with `More`. */
  readonly more?: boolean;
}

interface PagingCase extends CaseOperation {
  readonly kind: string;
  readonly about: string;
  readonly calls?: readonly Record<string, unknown>[];
  readonly expect: PagingExpectation;
}

const folder = `${import.meta.dir}/../fixtures/results/paging`;
const cases = readdirSync(folder).flatMap(
  (file) => JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as readonly PagingCase[],
);

let server: ResultCaseServer;
beforeAll(async () => {
  server = await startResultCases(cases);
});
afterAll(async () => {
  await server.stop();
});

const PART = /part of|partial|not complete|not all|incomplete|there is more/i;

/** Returns the id of a record, or the record when it has none. */
function idOf(record: unknown): unknown {
  const { id, data, node } = Object(record);
  return id ?? data?.id ?? node?.id ?? record;
}

function isMet(content: string, expected: PagingExpectation): boolean {
  const { head, value } = readContent(content);
  const ids = Array.isArray(value) ? value.map(idOf) : undefined;
  const has = (wanted: readonly unknown[], isPart: boolean) =>
    Bun.deepEquals(ids, wanted) && PART.test(head) === isPart;
  return (
    (expected.all === undefined || has(expected.all, false)) &&
    (expected.part === undefined || has(expected.part, true)) &&
    (expected.any === undefined || expected.any.some((one) => isMet(content, one)))
  );
}

for (const kind of new Set(cases.map((one) => one.kind)))
  describe(`lists in pages, ${kind}`, () => {
    for (const { id, about, calls = [{}], expect: expected } of cases.filter((one) => one.kind === kind))
      test(`${id}: ${about}`, async () => {
        const before = server.requests.length;
        const failures: string[] = [];
        for (const values of calls) {
          const content = await server.call("fetch_all", { tool: id, arguments: values });
          if (!isMet(content, expected)) failures.push(`fetch_all ${JSON.stringify(values)}: ${content}`);
        }
        const plain = await server.call(id, { ...calls[0] });
        const line = /^More.*$/m.exec(readContent(plain).head)?.[0];
        if (expected.more !== undefined && expected.more !== (line !== undefined))
          failures.push(`plain call: ${plain}`);
        const next = /Next: \S+ (\{.*\})\. All:/.exec(line ?? "")?.[1];
        if (expected.next) expect(next ? JSON.parse(next) : line).toMatchObject(expected.next);
        for (const request of server.requests.slice(before))
          if (!request.startsWith(`GET /${id}?`) && request !== `GET /${id}`) failures.push(request);
        expect(failures.length > 0 ? [...failures, ...server.requests.slice(before)] : []).toEqual([]);
      });
  });
