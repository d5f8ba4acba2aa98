/** The user of the page: when sessions are renewed, and what other tabs and failures change. */
import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import {
  type Account,
  type AccountBrowser,
  type AccountPort,
  type AccountUser,
  createAccount,
  type SignInProblem,
  type TabMessage,
} from "../../../ui/account/account.ts";

const ADA: AccountUser = {
  ...{ id: "user:1", name: "Ada", organization: null },
  ...{ method: "oidc", administrator: false, expires_in: 900 },
};
const MINUTE = 60_000;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

interface World {
  /** Who is signed in, or an error of the server. */
  user: AccountUser | null | Error;
  provider: Account["sign_in"]["provider"];
  isBusy: boolean;
}

function start(initial: Partial<World> = {}, problem?: SignInProblem) {
  const world: World = { user: ADA, provider: "available", isBusy: false, ...initial };
  const requests: string[] = [];
  const posted: TabMessage[] = [];
  let forgotten = 0;
  let hear: (message: TabMessage) => void = () => {};
  let act = () => {};
  const answer = async (request: string) => {
    requests.push(request);
    if (world.user instanceof Error) throw world.user;
    return world.user;
  };
  const port: AccountPort = {
    read: async () => ({ user: await answer("read"), sign_in: { provider: world.provider, key: true } }),
    renew: () => answer("renew"),
    signIn: () => answer("signIn"),
    signOut: async () => {
      await answer("signOut");
      return "https://login.example.com/end";
    },
  };
  const browser: AccountBrowser = {
    problem,
    post: (message) => posted.push(message),
    listen: (listener) => {
      hear = listener;
    },
    onActivity: (listener) => {
      act = listener;
    },
    isBusy: () => world.isBusy,
    exclusively: (work) => work(),
    forget: () => {
      forgotten += 1;
    },
  };
  const account = createAccount(port, browser);
  return {
    world,
    account,
    posted,
    hear: (message: TabMessage) => hear(message),
    act: () => act(),
    forgotten: () => forgotten,
    /** Returns the requests since the last call. */
    takeRequests: () => requests.splice(0),
    status: () => account.state().status,
  };
}

/** Lets time pass, and lets promises settle. */
async function pass(ms: number): Promise<void> {
  jest.advanceTimersByTime(ms);
  for (let count = 0; count < 10; count += 1) await Promise.resolve();
}

async function startSignedIn(initial: Partial<World> = {}) {
  const started = start(initial);
  await started.account.refresh();
  started.takeRequests();
  return started;
}

test("A user who was active is renewed a minute before the end.", async () => {
  const { act, takeRequests, status } = await startSignedIn();
  act();
  await pass(13.9 * MINUTE);
  expect(takeRequests()).toEqual([]);
  await pass(0.2 * MINUTE);
  expect([takeRequests(), status()]).toEqual([["renew"], "signed-in"]);
});

test("A short session is renewed in its last fifth.", async () => {
  const { act, takeRequests } = await startSignedIn({ user: { ...ADA, expires_in: 60 } });
  act();
  await pass(47_000);
  expect(takeRequests()).toEqual([]);
  await pass(2000);
  expect(takeRequests()).toEqual(["renew"]);
});

test("A user who was not active is renewed with the next activity.", async () => {
  const { act, takeRequests } = await startSignedIn();
  await pass(14.5 * MINUTE);
  expect(takeRequests()).toEqual([]);
  act();
  act();
  await pass(0);
  expect(takeRequests()).toEqual(["renew"]);
});

test("A turn that runs renews the session of a user who only watches.", async () => {
  const { takeRequests } = await startSignedIn({ isBusy: true });
  await pass(14.1 * MINUTE);
  expect(takeRequests()).toEqual(["renew"]);
});

test("A session without an end is not renewed.", async () => {
  const { act, takeRequests } = await startSignedIn({ user: { ...ADA, expires_in: null } });
  act();
  await pass(24 * 60 * MINUTE);
  expect(takeRequests()).toEqual([]);
});

test("A session that the server has ended keeps what is shown, until the user signs out elsewhere.", async () => {
  const { account, hear, world, status } = await startSignedIn();
  world.user = null;
  await account.refresh();
  expect([status(), account.state().user]).toEqual(["expired", ADA]);
  hear("signed-out");
  expect(status()).toBe("signed-out");
});

test("A server that does not answer is asked again, and the session expires at its end only.", async () => {
  const { act, takeRequests, world, account, status } = await startSignedIn();
  act();
  world.user = new Error("HTTP 503");
  await pass(14 * MINUTE);
  for (let count = 0; count < 3; count += 1) await pass(5000);
  expect([takeRequests(), status()]).toEqual([["renew", "renew", "renew", "renew"], "signed-in"]);
  for (let count = 0; count < 10; count += 1) await pass(5000);
  expect([status(), account.state().problem]).toEqual(["expired", "unavailable"]);
  world.user = ADA;
  await pass(5000);
  expect([status(), account.state().problem]).toEqual(["signed-in", undefined]);
});

test("A sign-in, a renewal and a sign-out inform the other tabs, and news from them do not echo.", async () => {
  const { account, act, hear, posted, status, world } = start({ user: null });
  await account.refresh();
  expect([status(), posted]).toEqual(["signed-out", []]);
  world.user = ADA;
  expect(await account.signInWithKey("key")).toBe(true);
  act();
  await pass(14 * MINUTE);
  expect(posted).toEqual(["changed", "changed"]);
  hear("changed");
  await pass(0);
  expect(posted).toEqual(["changed", "changed"]);
  expect(await account.signOut()).toBe("https://login.example.com/end");
  expect([posted.at(-1), status()]).toEqual(["signed-out", "signed-out"]);
});

test("A tab that another one has renewed does not renew by itself.", async () => {
  const { act, hear, takeRequests, account } = await startSignedIn();
  act();
  await pass(13 * MINUTE);
  hear("changed");
  await pass(0);
  const { renewals } = account.state();
  await pass(2 * MINUTE);
  expect([takeRequests(), renewals]).toEqual([["read"], 2]);
});

test("Another user takes nothing over.", async () => {
  const { account, forgotten, status, world } = await startSignedIn();
  world.user = null;
  await account.refresh();
  world.user = { ...ADA, id: "user:2", name: "Bob" };
  await account.refresh();
  expect([forgotten(), status(), account.state().user?.name]).toEqual([1, "expired", "Ada"]);
});

test("A key that is not known changes nothing.", async () => {
  const { account, posted, status } = start({ user: null });
  await account.refresh();
  expect([await account.signInWithKey("wrong"), status(), posted]).toEqual([false, "signed-out", []]);
});

test("The problem of a sign-in is shown until one succeeds.", async () => {
  const { account, world } = start({ user: null }, "denied");
  await account.refresh();
  expect(account.state()).toMatchObject({ status: "signed-out", problem: "denied" });
  world.user = ADA;
  await account.refresh();
  expect(account.state()).toMatchObject({ status: "signed-in", problem: undefined });
});

test("A provider that does not answer is looked for.", async () => {
  const { account, takeRequests, world } = start({ user: null, provider: "unavailable" });
  await account.refresh();
  world.provider = "available";
  await pass(5000);
  await pass(60_000);
  expect([takeRequests(), account.state().methods.provider]).toEqual([["read", "read"], "available"]);
});
