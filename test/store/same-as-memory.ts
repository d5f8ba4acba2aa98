/** A property of every store: after any sequence of operations it returns the same as the memory store. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { CallerId } from "../../src/access/types.ts";
import type { SessionId } from "../../src/chat/types.ts";
import { AppError } from "../../src/errors.ts";
import { createMemoryStore } from "../../src/store/memory.ts";
import type { Lease, SessionChange, SessionStore } from "../../src/store/types.ts";
import {
  createSession,
  createToolCallMessages,
  createUserMessage,
  createWaitingTurn,
  formatTime,
  NOW,
  readContents,
  usage,
} from "./sample.ts";
import type { OpenStore } from "./suite.ts";

/** A store, and the leases that were acquired from it. */
interface StoreUnderTest {
  readonly store: SessionStore;
  readonly leases: (Lease | undefined)[];
}

type Step = (side: StoreUnderTest) => Promise<unknown>;

const id = fc.constantFrom("a", "b", "c").map((text) => text as SessionId);
const owner = fc.constantFrom("browser:1", "browser:ä").map((text) => text as CallerId);
const at = fc.integer({ min: 0, max: 9 }).map(formatTime);
const text = fc.string({ unit: "grapheme", maxLength: 12 });
const turn = fc.constantFrom(
  createWaitingTurn(new Date(NOW + 5000).toISOString()),
  createWaitingTurn(new Date(NOW - 5000).toISOString()),
);
const message = fc
  .tuple(fc.uuid(), text, fc.boolean())
  .map(([name, content, calls]) =>
    calls ? createToolCallMessages(name, content) : [createUserMessage(name, content)],
  );
const change: fc.Arbitrary<SessionChange> = fc
  .record(
    {
      at,
      messages: fc.array(message, { maxLength: 3 }).map((messages) => messages.flat()),
      replaceFrom: fc.nat(6),
      title: text,
      model: text,
      allowed: fc.array(text, { maxLength: 2 }),
      seq: fc.nat(),
      spent: fc.constant([{ model: "m", usage }]),
      turn: fc.option(turn),
    },
    { requiredKeys: ["at"] },
  )
  .map((value): SessionChange => value);

const step: fc.Arbitrary<{ readonly name: string; readonly run: Step }> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(id, owner, at, text, fc.option(turn, { nil: undefined }), text)
      .map(([id, owner, at, title, turn, label]) =>
        nameStep(`create ${id}`, ({ store }) =>
          store.create(createSession(id, { owner, updatedAt: at, title, turn, label })),
        ),
      ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(id, change, fc.option(fc.nat(4), { nil: undefined })).map(([id, change, lease]) =>
      nameStep(`write ${id}`, ({ store, leases }) => {
        const usedLease = lease === undefined ? undefined : leases[lease];
        return store.write(usedLease?.session ?? id, change, usedLease);
      }),
    ),
  },
  fc
    .tuple(id, fc.record({ newest: fc.nat(6), before: fc.nat(9) }, { requiredKeys: [] }))
    .map(([id, range]) =>
      nameStep(`read ${id} ${JSON.stringify(range)}`, ({ store }) => store.read(id, range)),
    ),
  fc
    .tuple(id, fc.nat(4), text, at)
    .map(([id, through, text, at]) =>
      nameStep(`summarize ${id}`, ({ store }) => store.summarize(id, { through, text, at })),
    ),
  fc.tuple(id, at).map(([id, at]) => nameStep(`clear ${id}`, ({ store }) => store.clear(id, at))),
  id.map((id) => nameStep(`delete ${id}`, ({ store }) => store.delete(id))),
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        owner,
        fc.nat(3),
        fc.option(fc.tuple(at, id), { nil: undefined }),
        fc.option(fc.string({ maxLength: 1 }), { nil: undefined }),
      )
      .map(([owner, limit, cursor, search]) =>
        nameStep("list", ({ store }) =>
          store.list(owner, { limit, search, before: cursor && { updatedAt: cursor[0], id: cursor[1] } }),
        ),
      ),
  },
  at.map((before) => nameStep(`expire ${before}`, ({ store }) => store.expire(before))),
  fc.tuple(id, fc.constantFrom("one", "two"), fc.constantFrom(0, 3_600_000)).map(([id, holder, forMs]) =>
    nameStep(`acquire ${id} for ${holder}`, async ({ store, leases }) => {
      const lease = await store.acquire(id, holder, forMs);
      leases.push(lease);
      return lease?.holder;
    }),
  ),
  fc
    .tuple(fc.nat(4), fc.constantFrom(0, 3_600_000))
    .map(([index, forMs]) =>
      nameStep(
        `renew ${index}`,
        async ({ store, leases }) => leases[index] && store.renew(leases[index], forMs),
      ),
    ),
  fc
    .nat(4)
    .map((index) =>
      nameStep(
        `release ${index}`,
        async ({ store, leases }) => leases[index] && store.release(leases[index]),
      ),
    ),
);

function nameStep(name: string, run: Step) {
  return { name, run, toString: () => name };
}

async function captureOutcome(run: Step, side: StoreUnderTest): Promise<unknown> {
  try {
    return { value: await run(side) };
  } catch (error) {
    if (error instanceof AppError) return { code: error.code };
    throw error;
  }
}

export function testSameAsMemory(name: string, open: OpenStore, runs: number): void {
  test(`The ${name} store returns the same as the memory store after any operations.`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const memory = createMemoryStore({ maxSessions: 99, sessionTimeoutMs: 1e12, now: () => NOW });
        const storesUnderTest: readonly StoreUnderTest[] = [
          { store: memory, leases: [] },
          { store: await open(), leases: [] },
        ];
        const outcomes = await Promise.all(
          storesUnderTest.map(async (side) => {
            const found: unknown[] = [];
            for (const { name, run } of steps) found.push([name, await captureOutcome(run, side)]);
            found.push(await readContents(side.store));
            return found;
          }),
        );
        await Promise.all(storesUnderTest.map(({ store }) => store.close()));
        expect(outcomes[1]).toEqual(outcomes[0]);
      }),
      { numRuns: runs },
    );
  }, 120_000);
}
