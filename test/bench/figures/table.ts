/** Every benchmark of `bun run bench`, in the order in which they run. */
import { access } from "../access.ts";
import { attacks } from "../attacks.ts";
import { decoding } from "../decoding.ts";
import { document } from "../document.ts";
import type { Benchmark } from "../harness/types.ts";
import { idle } from "../idle.ts";
import { longPage } from "../long-page.ts";
import { operation } from "../operation.ts";
import { page } from "../page.ts";
import { reload } from "../reload.ts";
import { request } from "../request.ts";
import { responses } from "../responses.ts";
import { results } from "../results.ts";
import { search } from "../search.ts";
import { streaming } from "../streaming.ts";
import { connections } from "./connections.ts";
import { deltas } from "./deltas.ts";
import { footprint } from "./footprint.ts";
import { growth } from "./growth.ts";
import { firstToken, rate } from "./latency.ts";
import { memory } from "./memory.ts";
import { stalls } from "./stalls.ts";
import { start } from "./start.ts";
import { storedSessions } from "./stored-sessions.ts";
import { stores } from "./stores.ts";
import { streams } from "./streams.ts";
import { TURN_BENCHMARKS } from "./turn.ts";

/** Name → benchmark. */
export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  ...TURN_BENCHMARKS,
  streams,
  rate,
  deltas,
  "first-token": firstToken,
  memory,
  stalls,
  stores,
  connections,
  "stored-sessions": storedSessions,
  growth,
  start,
  document,
  reload,
  request,
  search,
  decoding,
  streaming,
  responses,
  footprint,
  idle,
  access,
  attacks,
  results,
  page,
  "long-page": longPage,
  operation,
};
