/** The prepared statements of the SQLite store. */
import type { Database, Statement } from "bun:sqlite";
import type { UsageAmount } from "../../access/limits/types.ts";
import type { encodeChange, encodeMessage, encodeSession, HistoryRow, SessionRow } from "./rows.ts";

export type Statements = ReturnType<typeof prepareStatements>;

const COLUMNS = `number, id, owner, created_by AS createdBy, created_at AS createdAt, updated_at AS updatedAt, title, model, allowed, seq, spent,
  feedback, turn, label, summary, message_count AS messageCount`;
/** A position in the list of sessions. */
type Place = { updatedAt: string; id: string };

const LISTED = `FROM sessions WHERE owner = $owner AND (updated_at, id) < ($updatedAt, $id)
  ORDER BY updated_at DESC, id DESC`;

export function prepareStatements(database: Database) {
  /** Prepares a statement. A parameter `$name` takes the value of the property `name`. */
  const prepare = <Row, Parameters extends Readonly<Record<string, string | number | null>>>(sql: string) =>
    database.prepare<Row, Parameters>(sql) as Statement<Row, [Parameters]>;
  return {
    probe: prepare<never, { bytes: number }>(
      "INSERT INTO probe (id, data) VALUES (1, zeroblob($bytes)) ON CONFLICT (id) DO UPDATE SET data = randomblob($bytes)",
    ),
    readUsage: prepare<UsageAmount, { period: string; subject: string }>(
      "SELECT tokens, micro_usd AS microUsd FROM usage WHERE period = $period AND subject = $subject",
    ),
    addUsage: prepare<UsageAmount, { period: string; subject: string; tokens: number; microUsd: number }>(
      `INSERT INTO usage (period, subject, tokens, micro_usd) VALUES ($period, $subject, $tokens, $microUsd)
       ON CONFLICT DO UPDATE SET tokens = tokens + $tokens, micro_usd = micro_usd + $microUsd
       RETURNING tokens, micro_usd AS microUsd`,
    ),
    expireUsage: prepare<never, { before: string }>("DELETE FROM usage WHERE period < $before"),
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    rollback: database.prepare("ROLLBACK"),
    create: prepare<never, ReturnType<typeof encodeSession>>(
      `INSERT INTO sessions (id, owner, created_by, created_at, updated_at, title, folded_title, model, allowed, seq, spent, feedback, turn, waits_until, label)
       VALUES ($id, $owner, $createdBy, $createdAt, $updatedAt, $title, $foldedTitle, $model, $allowed, $seq, $spent, $feedback, $turn, $waitsUntil, $label)
       ON CONFLICT (id) DO NOTHING`,
    ),
    read: prepare<SessionRow, { id: string }>(`SELECT ${COLUMNS} FROM sessions WHERE id = $id`),
    messages: prepare<{ json: string }, { session: number; from: number; end: number }>(
      "SELECT json FROM messages WHERE session = $session AND position >= $from AND position < $end ORDER BY position",
    ),
    readHistory: prepare<HistoryRow, { id: string }>(
      "SELECT number, message_count AS messageCount, last_message AS lastMessage FROM sessions WHERE id = $id",
    ),
    write: prepare<never, ReturnType<typeof encodeChange> & HistoryRow>(
      `UPDATE sessions SET updated_at = $at, title = coalesce($title, title),
         folded_title = coalesce($foldedTitle, folded_title), model = coalesce($model, model),
         allowed = coalesce($allowed, allowed), seq = coalesce($seq, seq), spent = coalesce($spent, spent), feedback = coalesce($feedback, feedback),
         turn = iif($hasTurn, $turn, turn), waits_until = iif($hasTurn, $waitsUntil, waits_until),
         message_count = $messageCount, last_message = $lastMessage
       WHERE number = $number`,
    ),
    addMessage: prepare<never, ReturnType<typeof encodeMessage> & { session: number; position: number }>(
      "INSERT INTO messages (session, position, said, json) VALUES ($session, $position, $said, $json)",
    ),
    summarize: prepare<never, { id: string; through: number; summary: string }>(
      "UPDATE sessions SET summary = $summary WHERE id = $id AND message_count >= $through",
    ),
    clear: prepare<{ number: number }, { id: string; at: string }>(
      `UPDATE sessions SET updated_at = $at, title = '', folded_title = '', allowed = '[]', feedback = NULL, turn = NULL,
         waits_until = NULL, summary = NULL, message_count = 0, last_message = NULL
       WHERE id = $id RETURNING number`,
    ),
    deleteMessages: prepare<never, { session: number; from: number }>(
      "DELETE FROM messages WHERE session = $session AND position >= $from",
    ),
    dropSummary: prepare<never, { number: number; from: number }>(
      "UPDATE sessions SET summary = NULL WHERE number = $number AND summary ->> '$.through' > $from",
    ),
    delete: prepare<never, { id: string }>("DELETE FROM sessions WHERE id = $id"),
    list: prepare<SessionRow, { owner: string; updatedAt: string; id: string }>(
      `SELECT ${COLUMNS} ${LISTED}`,
    ),
    // Most sessions of a search are not found, so that their columns are not read.
    searchPage: prepare<Place & { found: 0 | 1 }, Place & { owner: string; text: string; limit: number }>(
      `SELECT updated_at AS updatedAt, id, instr(folded_title, $text) > 0
         OR EXISTS (SELECT 1 FROM messages WHERE session = number AND instr(said, $text) > 0) AS found
       ${LISTED} LIMIT $limit`,
    ),
    ids: prepare<{ number: number; id: string }, { after: number; limit: number }>(
      "SELECT number, id FROM sessions WHERE number > $after ORDER BY number LIMIT $limit",
    ),
    lastNumber: prepare<{ last: number | null }, Readonly<Record<string, never>>>(
      "SELECT max(number) AS last FROM sessions",
    ),
    expire: prepare<never, { before: string; now: string; after: number; until: number }>(
      `DELETE FROM sessions WHERE number > $after AND number <= $until
         AND updated_at < $before AND (waits_until IS NULL OR waits_until <= $now)`,
    ),
  };
}
