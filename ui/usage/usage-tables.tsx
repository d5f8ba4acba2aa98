import type {
  FailureRow,
  OverviewRow,
  RatedReply,
  SlowCall,
  UsageOverview,
} from "../../src/telemetry/usage/overview.ts";
import { escapeInvisible } from "../escape.ts";
import { formatDuration } from "../format.ts";
import { formatTime } from "./days.ts";
import { countTokens, formatCost, formatNumber, formatShare } from "./figures.ts";
import { type UsageColumn, UsageTable } from "./usage-table.tsx";

/** The lists of the overview: what is used most, what fails, what is slow, who uses it, and what people say. */
export function UsageTables({ overview }: { overview: UsageOverview }) {
  const { operations, failures, slowCalls, models, users, organizations, feedback } = overview;
  return (
    <div className="usage-tables">
      <UsageTable
        title="Operations"
        empty="No operation was called."
        rows={operations}
        columns={OPERATIONS}
      />
      <UsageTable title="Failed calls" empty="No call failed." rows={failures} columns={FAILURES} />
      <UsageTable title="Models" empty="No model replied." rows={models} columns={spending("Model")} />
      <UsageTable title="Users" empty="Nobody wrote a message." rows={users} columns={spending("User")} />
      {organizations.length > 0 && (
        <UsageTable title="Organizations" empty="" rows={organizations} columns={spending("Organization")} />
      )}
      <UsageTable
        title="Slow calls"
        isWide
        empty="No operation was called."
        rows={slowCalls}
        columns={SLOW_CALLS}
      />
      <UsageTable title="Feedback" isWide empty="No reply was rated." rows={feedback} columns={FEEDBACK} />
    </div>
  );
}

const name = (text: string) => <bdi>{escapeInvisible(text)}</bdi>;

const OPERATIONS: readonly UsageColumn<OverviewRow>[] = [
  { title: "Operation", cell: (row) => name(row.name) },
  { title: "Calls", isNumber: true, cell: ({ toolCalls }) => formatNumber(toolCalls) },
  {
    title: "Failed",
    isNumber: true,
    cell: ({ failedToolCalls, toolCalls }) =>
      failedToolCalls === 0 ? "0" : formatShare(failedToolCalls, toolCalls),
  },
  {
    title: "Mean time",
    isNumber: true,
    cell: ({ toolSeconds, toolCalls }) => formatDuration((toolSeconds / Math.max(1, toolCalls)) * 1000),
  },
];

const FAILURES: readonly UsageColumn<FailureRow>[] = [
  { title: "Operation", cell: ({ operation }) => name(operation) },
  { title: "Outcome", cell: ({ outcome }) => (/^\d+$/.test(outcome) ? `HTTP ${outcome}` : name(outcome)) },
  { title: "Calls", isNumber: true, cell: ({ calls }) => formatNumber(calls) },
  { title: "Last", cell: ({ lastAt }) => formatTime(lastAt) },
];

const SLOW_CALLS: readonly UsageColumn<SlowCall>[] = [
  { title: "Operation", cell: ({ operation }) => name(operation) },
  { title: "Time", isNumber: true, cell: ({ seconds }) => formatDuration(seconds * 1000) },
  { title: "Result", cell: ({ status }) => (status === "failed" ? "failed" : "ok") },
  { title: "When", cell: ({ at }) => formatTime(at) },
  { title: "Conversation", cell: ({ session }) => <code>{session}</code> },
];

const FEEDBACK: readonly UsageColumn<RatedReply>[] = [
  { title: "Rating", cell: ({ rating }) => (rating === "up" ? "good" : "bad") },
  { title: "Note", cell: ({ note }) => (note ? <span className="usage-note">{name(note)}</span> : "") },
  { title: "User", cell: ({ user }) => name(user) },
  { title: "Model", cell: ({ model }) => name(model) },
  { title: "When", cell: ({ at }) => formatTime(at) },
];

function spending(title: string): readonly UsageColumn<OverviewRow>[] {
  return [
    { title, cell: (row) => name(row.name) },
    { title: "Turns", isNumber: true, cell: ({ turns }) => formatNumber(turns) },
    { title: "Tokens", isNumber: true, cell: (row) => formatNumber(countTokens(row)) },
    { title: "Cost", isNumber: true, cell: formatCost },
  ];
}
