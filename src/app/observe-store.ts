/** Measures the operations of the session store, and logs those that fail. */
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";

type Store = App["store"];
type EventBus = NonNullable<App["bus"]>;

/** Operations that are not observed: they return no promise of a result, or run once. */
type Unobserved = "ids" | "retain" | "check" | "close";

interface ObserverPorts {
  readonly telemetry: Pick<App["telemetry"], "time">;
  readonly log: App["log"];
}

type Observe = <Result>(operation: string, run: () => Promise<Result>) => Promise<Result>;

/** Returns a function that runs an operation, measures it, and logs its failure. */
function createObserver({ telemetry, log }: ObserverPorts): Observe {
  return async (operation, run) => {
    const startedAt = performance.now();
    let outcome = "failed";
    try {
      const result = await run();
      outcome = "ok";
      return result;
    } catch (error) {
      if (error instanceof AppError && error.code === "store_unavailable")
        log.warning("The session store failed", { operation, code: error.code, detail: error.detail });
      throw error;
    } finally {
      telemetry.time("storeSeconds", { operation, outcome }, (performance.now() - startedAt) / 1000);
    }
  };
}

/** Returns the store with a histogram of each operation, and a line of the log for each failure. */
export function observeStore(store: Store, ports: ObserverPorts): Store {
  const observe = createObserver(ports);
  const observed: Omit<Store, Unobserved> = {
    create: (...args) => observe("create", () => store.create(...args)),
    read: (...args) => observe("read", () => store.read(...args)),
    write: (...args) => observe("write", () => store.write(...args)),
    summarize: (...args) => observe("summarize", () => store.summarize(...args)),
    clear: (...args) => observe("clear", () => store.clear(...args)),
    delete: (...args) => observe("delete", () => store.delete(...args)),
    list: (...args) => observe("list", () => store.list(...args)),
    expire: (...args) => observe("expire", () => store.expire(...args)),
    acquire: (...args) => observe("acquire", () => store.acquire(...args)),
    renew: (...args) => observe("renew", () => store.renew(...args)),
    release: (...args) => observe("release", () => store.release(...args)),
  };
  const { retain } = store;
  return {
    ...observed,
    ids: () => store.ids(),
    ...(retain && { retain: (id) => retain.call(store, id) }),
    check: () => store.check(),
    close: () => store.close(),
  };
}

/** Returns the bus with the same for each operation that can fail. */
export function observeBus(bus: EventBus, ports: ObserverPorts): EventBus {
  const observe = createObserver(ports);
  return {
    publish: (...args) => bus.publish(...args),
    command: (...args) => bus.command(...args),
    subscribe: (...args) => observe("subscribe", () => bus.subscribe(...args)),
    eventsAfter: (...args) => observe("events", () => bus.eventsAfter(...args)),
    close: () => bus.close(),
  };
}
