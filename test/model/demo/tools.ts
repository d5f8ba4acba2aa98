import type { JsonSchema, ToolDefinition } from "../../../src/chat/types.ts";

/** Creates a tool definition like the tool catalog: its description ends with the HTTP request. */
export function tool(
  name: string,
  request: string,
  summary: string,
  properties: Readonly<Record<string, JsonSchema>> = {},
  required: readonly string[] = [],
): ToolDefinition {
  const inputSchema = { type: "object", properties, ...(required.length > 0 ? { required } : {}) };
  return { name, description: `${summary} (HTTP ${request})`, inputSchema };
}

const text = { type: "string" };
const integer = { type: "integer" };

/** The tools of a library: camelCase operation ids with verbs, and ids that are not numbers. */
export const LIBRARY: readonly ToolDefinition[] = [
  tool("findBooks", "GET /v2/books", "Find books.", {
    q: { ...text, description: "Full-text query" },
    author: { ...text, description: "Name of the author" },
    genre: { ...text, enum: ["crime", "science_fiction", "poetry"] },
    publishedAfter: { ...text, format: "date" },
    maxPages: { ...integer, description: "Upper bound on the number of pages" },
    available: { type: "boolean", description: "Only books that are not lent" },
    pageSize: integer,
  }),
  tool("getBookByIsbn", "GET /v2/books/{isbn}", "Get a book.", { isbn: text }, ["isbn"]),
  tool("listMembers", "GET /v2/members", "List members."),
  tool("getMember", "GET /v2/members/{memberId}", "Get a member.", { memberId: text }, ["memberId"]),
  tool("listMemberLoans", "GET /v2/members/{memberId}/loans", "Loans of a member.", { memberId: text }, [
    "memberId",
  ]),
  tool(
    "lendBook",
    "POST /v2/loans",
    "Lend a book to a member.",
    { isbn: { ...text, description: "ISBN of the book" }, memberId: text },
    ["isbn", "memberId"],
  ),
  tool("renewLoan", "POST /v2/loans/{loanId}/renew", "Renew a loan.", { loanId: text }, ["loanId"]),
  tool("removeMember", "DELETE /v2/members/{memberId}", "Remove a member.", { memberId: text }, ["memberId"]),
];

/** The tools of an issue tracker: snake_case names, bodies with references, bare arrays as lists. */
export const TRACKER: readonly ToolDefinition[] = [
  tool("issues_list", "GET /api/projects/issues", "Issues, newest first.", {
    state: { ...text, enum: ["open", "in_progress", "closed"] },
    assignee_id: integer,
    created_since: { ...text, format: "date", description: "Earliest day of creation" },
    labels: { type: "array", items: { ...text, enum: ["bug", "feature", "docs"] } },
    per_page: integer,
  }),
  tool("issues_get", "GET /api/projects/issues/{issue_number}", "One issue.", { issue_number: integer }, [
    "issue_number",
  ]),
  {
    name: "issues_create",
    description: "Report an issue. (HTTP POST /api/projects/issues)",
    inputSchema: {
      type: "object",
      properties: { title: text, priority: { $ref: "#/$defs/Priority" }, body: text },
      required: ["title"],
      $defs: { Priority: { type: "string", enum: ["minor", "major", "critical"] } },
    },
  },
  tool(
    "issues_update",
    "PATCH /api/projects/issues/{issue_number}",
    "Change an issue.",
    { issue_number: integer, title: text, state: { ...text, enum: ["open", "in_progress", "closed"] } },
    ["issue_number"],
  ),
  tool(
    "issue_comments_create",
    "POST /api/projects/issues/{issue_number}/comments",
    "Comment on an issue.",
    { issue_number: integer, body: text },
    ["issue_number", "body"],
  ),
  tool(
    "issues_delete",
    "DELETE /api/projects/issues/{issue_number}",
    "Delete an issue.",
    { issue_number: integer },
    ["issue_number"],
  ),
  tool("users_get", "GET /api/users/{user_id}", "One user.", { user_id: integer }, ["user_id"]),
  tool("users_list", "GET /api/users", "Users."),
];
