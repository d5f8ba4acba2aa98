import type {
  FailureRow,
  OverviewRow,
  RatedReply,
  SlowCall,
  UsageOverview,
} from "../../src/telemetry/usage/overview.ts";
import { escapeInvisible } from "../escape.ts";
import { formatDuration, formatTime } from "../format.ts";
import { t } from "../language/language.ts";
import type { PlainKey } from "../language/types.ts";
import { countTokens, formatCost, formatShare, formatShort } from "./figures.ts";
import { type UsageColumn, UsageTable } from "./usage-table.tsx";

/** The lists of the overview: what is used most, what fails, what is slow, who uses it, and what people say. */
export function UsageTables({ overview }: { overview: UsageOverview }) {
  const { operations, failures, slowCalls, models, users, organizations, feedback } = overview;
  return (
    <div className="usage-tables">
      <UsageTable title="usage.operations" rows={operations} columns={OPERATIONS} />
      <UsageTable title="usage.failedCalls" rows={failures} columns={FAILURES} />
      <UsageTable title="usage.models" rows={models} columns={spending("usage.model")} />
      <UsageTable title="usage.users" rows={users} columns={spending("usage.user")} />
      {organizations.length > 0 && (
        <UsageTable
          title="usage.organizations"
          rows={organizations}
          columns={spending("usage.organization")}
        />
      )}
      <UsageTable title="usage.slowCalls" isWide rows={slowCalls} columns={SLOW_CALLS} />
      <UsageTable title="usage.feedback" isWide rows={feedback} columns={FEEDBACK} />
    </div>
  );
}

const name = (text: string) => <bdi>{escapeInvisible(text)}</bdi>;

const OPERATIONS: readonly UsageColumn<OverviewRow>[] = [
  { title: "usage.operation", cell: (row) => name(row.name) },
  { title: "usage.calls", isNumber: true, cell: ({ toolCalls }) => formatShort(toolCalls) },
  {
    title: "usage.failures",
    isNumber: true,
    cell: ({ failedToolCalls, toolCalls }) => formatShare(failedToolCalls, toolCalls),
  },
  {
    title: "usage.meanTime",
    isNumber: true,
    cell: ({ toolSeconds, toolCalls }) => formatDuration((toolSeconds / Math.max(1, toolCalls)) * 1000),
  },
];

const FAILURES: readonly UsageColumn<FailureRow>[] = [
  { title: "usage.operation", cell: ({ operation }) => name(operation) },
  {
    title: "usage.outcome",
    cell: ({ outcome }) => (/^\d+$/.test(outcome) ? `HTTP ${outcome}` : name(outcome)),
  },
  { title: "usage.calls", isNumber: true, cell: ({ calls }) => formatShort(calls) },
  { title: "usage.last", cell: ({ lastAt }) => formatTime(lastAt) },
];

const SLOW_CALLS: readonly UsageColumn<SlowCall>[] = [
  { title: "usage.operation", cell: ({ operation }) => name(operation) },
  { title: "usage.time", isNumber: true, cell: ({ seconds }) => formatDuration(seconds * 1000) },
  { title: "usage.result", cell: ({ status }) => t(status === "failed" ? "usage.failedCall" : "usage.ok") },
  { title: "usage.when", cell: ({ at }) => formatTime(at) },
  { title: "usage.conversation", cell: ({ session }) => <code>{session}</code> },
];

const FEEDBACK: readonly UsageColumn<RatedReply>[] = [
  { title: "usage.rating", cell: ({ rating }) => t(rating === "up" ? "usage.good" : "usage.bad") },
  {
    title: "usage.noteOf",
    cell: ({ note }) => note !== undefined && <span className="usage-note">{name(note)}</span>,
  },
  { title: "usage.user", cell: ({ user }) => name(user) },
  { title: "usage.model", cell: ({ model }) => name(model) },
  { title: "usage.when", cell: ({ at }) => formatTime(at) },
];

function spending(title: PlainKey): readonly UsageColumn<OverviewRow>[] {
  return [
    { title, cell: (row) => name(row.name) },
    { title: "usage.turns", isNumber: true, cell: ({ turns }) => formatShort(turns) },
    { title: "usage.tokens", isNumber: true, cell: (row) => formatShort(countTokens(row)) },
    { title: "usage.cost", isNumber: true, cell: formatCost },
  ];
}
