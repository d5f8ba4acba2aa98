/** Questions that need one operation each, with the words a model searches for, its arguments, and the request they lead to. */

export interface SearchQuestion {
  readonly sentence: string;
  readonly query: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** `METHOD path?query`, followed by the body if there is one. */
  readonly request: string;
}

const repo = { owner: "octo", repo: "web" };

export const GITHUB_QUESTIONS: readonly SearchQuestion[] = [
  {
    sentence: "Which branches does octo/web have?",
    query: "list branches",
    arguments: repo,
    request: "GET /repos/octo/web/branches",
  },
  {
    sentence: "Report that the login is broken.",
    query: "create issue",
    arguments: { ...repo, title: "Login is broken" },
    request: 'POST /repos/octo/web/issues {"title":"Login is broken"}',
  },
  {
    sentence: "Close issue 12.",
    query: "update issue",
    arguments: { ...repo, issue_number: 12, state: "closed" },
    request: 'PATCH /repos/octo/web/issues/12 {"state":"closed"}',
  },
  {
    sentence: "Reply to issue 3.",
    query: "create issue comment",
    arguments: { ...repo, issue_number: 3, body: "On it." },
    request: 'POST /repos/octo/web/issues/3/comments {"body":"On it."}',
  },
  {
    sentence: "What did PR 19 touch?",
    query: "list pull request files",
    arguments: { ...repo, pull_number: 19 },
    request: "GET /repos/octo/web/pulls/19/files",
  },
  {
    sentence: "Has PR 5 been merged?",
    query: "check if pull request is merged",
    arguments: { ...repo, pull_number: 5 },
    request: "GET /repos/octo/web/pulls/5/merge",
  },
  {
    sentence: "Get rid of the release 77.",
    query: "delete release",
    arguments: { ...repo, release_id: 77 },
    request: "DELETE /repos/octo/web/releases/77",
  },
  {
    sentence: "Who works on it?",
    query: "list contributors",
    arguments: repo,
    request: "GET /repos/octo/web/contributors",
  },
  {
    sentence: "Stop the build 991.",
    query: "cancel workflow run",
    arguments: { ...repo, run_id: 991 },
    request: "POST /repos/octo/web/actions/runs/991/cancel",
  },
  {
    sentence: "Which of our members are public?",
    query: "list public organization members",
    arguments: { org: "octo-org" },
    request: "GET /orgs/octo-org/public_members",
  },
  {
    sentence: "Follow mona.",
    query: "follow user",
    arguments: { username: "mona" },
    request: "PUT /user/following/mona",
  },
  {
    sentence: "Find projects about bees.",
    query: "search repositories",
    arguments: { q: "bees" },
    request: "GET /search/repositories?q=bees",
  },
  {
    sentence: "Take the label bug off issue 8.",
    query: "remove label from issue",
    arguments: { ...repo, issue_number: 8, name: "bug" },
    request: "DELETE /repos/octo/web/issues/8/labels/bug",
  },
  {
    sentence: "What is the newest release?",
    query: "get latest release",
    arguments: repo,
    request: "GET /repos/octo/web/releases/latest",
  },
  {
    sentence: "Which languages is it written in?",
    query: "list repository languages",
    arguments: repo,
    request: "GET /repos/octo/web/languages",
  },
  {
    sentence: "Start a team called platform.",
    query: "create team",
    arguments: { org: "octo-org", name: "platform" },
    request: 'POST /orgs/octo-org/teams {"name":"platform"}',
  },
  {
    sentence: "How many calls are left?",
    query: "get rate limit",
    arguments: {},
    request: "GET /rate_limit",
  },
  {
    sentence: "Show the licence.",
    query: "get repository license",
    arguments: repo,
    request: "GET /repos/octo/web/license",
  },
];

export const SHOP_QUESTIONS: readonly SearchQuestion[] = [
  { sentence: "Who are our customers?", query: "list customers", arguments: {}, request: "GET /customers" },
  {
    sentence: "Show customer 3.",
    query: "get customer",
    arguments: { customerId: 3 },
    request: "GET /customers/3",
  },
  {
    sentence: "What has customer 3 ordered?",
    query: "list orders of customer",
    arguments: { customerId: 3 },
    request: "GET /customers/3/orders",
  },
  {
    sentence: "Which orders were shipped?",
    query: "list orders",
    arguments: { status: "shipped" },
    request: "GET /orders?status=shipped",
  },
  {
    sentence: "Show order 1001.",
    query: "get order",
    arguments: { orderId: 1001 },
    request: "GET /orders/1001",
  },
  {
    sentence: "Ship order 1001.",
    query: "ship order",
    arguments: { orderId: 1001 },
    request: "POST /orders/1001/ship",
  },
  {
    sentence: "Which products cost less than 10?",
    query: "list products",
    arguments: { maxPrice: 10 },
    request: "GET /products?maxPrice=10",
  },
  {
    sentence: "Delete product 7.",
    query: "delete product",
    arguments: { productId: 7 },
    request: "DELETE /products/7",
  },
  {
    sentence: "How are sales?",
    query: "get sales report",
    arguments: {},
    request: "GET /reports/sales",
  },
  {
    sentence: "Which tickets are open?",
    query: "list tickets",
    arguments: { status: "open" },
    request: "GET /tickets?status=open",
  },
  {
    sentence: "Close ticket 512.",
    query: "close ticket",
    arguments: { ticketId: 512 },
    request: "POST /tickets/512/close",
  },
  {
    sentence: "Open a ticket for customer 3.",
    query: "create support ticket",
    arguments: { customerId: 3, subject: "Lost parcel", message: "Where is it?" },
    request: 'POST /tickets {"customerId":3,"subject":"Lost parcel","message":"Where is it?"}',
  },
];
