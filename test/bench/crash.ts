/**
 * `bun run bench crash [--rounds N]` kills servers with `kill -9` while turns run: in N rounds over SQLite, and in N rounds
 * over two replicas with Redis, which is killed in every tenth. It prints what was lost or repeated.
 */
import { REDIS_SERVER } from "../store/redis/redis-server.ts";
import { type CrashReport, crashReplicas, crashSqlite } from "../support/crash-rounds.ts";

const DEFAULT_ROUNDS = 200;
const REDIS_INTERVAL = 10;

/** Runs the command. Returns whether nothing was lost or repeated. */
export async function crash({
  rounds = DEFAULT_ROUNDS,
}: {
  readonly rounds?: string | number;
}): Promise<boolean> {
  const sqlite = await crashSqlite(Number(rounds));
  print("SQLite", sqlite);
  if (!REDIS_SERVER) {
    process.stdout.write("two replicas: skipped, there is no Redis or Valkey\n");
    return sqlite.defects.length === 0;
  }
  const replicas = await crashReplicas(Number(rounds), REDIS_INTERVAL);
  print("two replicas", replicas);
  return sqlite.defects.length + replicas.defects.length === 0;
}

function print(name: string, { rounds, redisKills, completed, interrupted, defects }: CrashReport): void {
  const redis = redisKills > 0 ? `, Redis killed ${redisKills} times` : "";
  process.stdout.write(
    `${name}: ${rounds} rounds${redis}; ${completed} turns completed, ${interrupted} interrupted; ${defects.length} defects\n`,
  );
  for (const defect of defects) process.stdout.write(`  ${defect}\n`);
}
