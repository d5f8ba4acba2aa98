/** Measures how long the operations of the session store take. */
import type { App } from "../context.ts";

type Store = App["store"];

/** Operations that are not measured: they return no promise of a result, or run once. */
type Unmeasured = "ids" | "retain" | "check" | "close";

/** Returns the store with a histogram of each operation. */
export function timeStore(store: Store, { time }: Pick<App["telemetry"], "time">): Store {
  async function measure<Result>(operation: string, run: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    let outcome = "failed";
    try {
      const result = await run();
      outcome = "ok";
      return result;
    } finally {
      time("storeSeconds", { operation, outcome }, (performance.now() - startedAt) / 1000);
    }
  }
  const measured: Omit<Store, Unmeasured> = {
    create: (...args) => measure("create", () => store.create(...args)),
    read: (...args) => measure("read", () => store.read(...args)),
    write: (...args) => measure("write", () => store.write(...args)),
    summarize: (...args) => measure("summarize", () => store.summarize(...args)),
    clear: (...args) => measure("clear", () => store.clear(...args)),
    delete: (...args) => measure("delete", () => store.delete(...args)),
    list: (...args) => measure("list", () => store.list(...args)),
    expire: (...args) => measure("expire", () => store.expire(...args)),
    acquire: (...args) => measure("acquire", () => store.acquire(...args)),
    renew: (...args) => measure("renew", () => store.renew(...args)),
    release: (...args) => measure("release", () => store.release(...args)),
  };
  const { retain } = store;
  return {
    ...measured,
    ids: () => store.ids(),
    ...(retain && { retain: (id) => retain.call(store, id) }),
    check: () => store.check(),
    close: () => store.close(),
  };
}
