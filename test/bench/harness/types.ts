/** The vocabulary of the figures. */
import type { Measurement } from "../measurement.ts";
import type { Load } from "./load-process.ts";
import type { ModelServer } from "./model-server.ts";

/** What a figure is given. */
export interface Bench {
  /** How many interleaved rounds are measured. A round more is run first, for the compilers. */
  readonly rounds: number;
  /** True for a short run: fewer sessions and turns, the same figures. */
  readonly isQuick: boolean;
  /** Another build of specchat that is measured in turn with this one. */
  readonly against?: Build | undefined;
  /** The folder that receives the CPU profiles of specchat, which then runs from its sources. */
  readonly profileFolder?: string | undefined;
}

export interface Build {
  /** The commit or path that was asked for. */
  readonly name: string;
  readonly executable: string;
}

/** A: a bare server over the AWS SDK. B: a bare server over `fetch` and a bare frame parser. See baselines/. */
export type Baseline = "A" | "B";

/** A server that is measured, a process of its own. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  /** What a client sends to be let in. */
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** What a round measures one server with. */
export interface Site {
  readonly server: Server;
  readonly load: Load;
  readonly model: ModelServer;
}

/** Name of a server → metric → the value of each round. */
export type Samples<Metric extends string> = ReadonlyMap<string, Readonly<Record<Metric, readonly number[]>>>;

/** A benchmark: figures that are measured together. */
export type Benchmark = (bench: Bench) => Promise<readonly Measurement[]>;
