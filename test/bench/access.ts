/** Measures what authentication adds to a request. Baseline: the same request to a server without it, in turn with the others. */
import { createKey } from "../../src/access/authentication/api-keys/api-key.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import { TokenIssuer } from "../support/token-issuer.ts";
import { formatMs, type Measurement, median } from "./measurement.ts";

const WARM_UP = 500;
const ROUNDS = 3000;
const MAX_KEY_MS = 0.1;
const MAX_TOKEN_MS = 0.2;

export async function access(): Promise<readonly Measurement[]> {
  const issuer = await TokenIssuer.start();
  const key = createKey();
  const open = await startSpecchat({ useDemoModel: true });
  const keyed = await startSpecchat({ argv: ["--api-keys", `bench:${key}`], useDemoModel: true });
  const tokened = await startSpecchat({ argv: issuer.argv, useDemoModel: true });
  const token = await issuer.sign();

  const [added, addedByToken]: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const base = await time(open, key);
    const withKey = await time(keyed, key);
    const withToken = await time(tokened, token);
    if (round < WARM_UP) continue;
    added.push(withKey - base);
    addedByToken.push(withToken - base);
  }
  await Promise.all([open.stop(), keyed.stop(), tokened.stop()]);
  await issuer.stop();
  return [
    compare("p50 added by an API key", median(added), MAX_KEY_MS),
    compare("p50 added by a JWT with known keys", median(addedByToken), MAX_TOKEN_MS),
  ];
}

function compare(name: string, ms: number, limit: number): Measurement {
  return {
    name,
    value: `${ms.toFixed(3)} ms`,
    ratio: { of: Math.max(0, ms) / limit, to: `${formatMs(limit)} over no authentication`, target: 1 },
  };
}

/** Returns the milliseconds of a request that does little else. */
async function time({ url }: Specchat, credential: string): Promise<number> {
  const begin = performance.now();
  const response = await fetch(`${url}/v1/models`, { headers: { Authorization: `Bearer ${credential}` } });
  await response.arrayBuffer();
  const elapsed = performance.now() - begin;
  if (!response.ok) throw new Error(`status ${response.status}`);
  return elapsed;
}
