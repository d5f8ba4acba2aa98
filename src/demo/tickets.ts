import { z } from "zod";
import { matchesSearch, paginate, pagingParameters, sortEntries, sortParameter } from "./listing.ts";
import { defineOperation, type ShopOperation } from "./operation.ts";
import { type FieldError, Problem } from "./problem.ts";
import { CustomerId, OrderId, Ticket, TicketId, TicketPriority, TicketReply, TicketStatus } from "./types.ts";

export const NewTicket = z.strictObject({
  customerId: CustomerId.describe("Customer who opens the ticket"),
  orderId: OrderId.describe("Related order").optional(),
  subject: Ticket.shape.subject,
  message: Ticket.shape.message.default(""),
  priority: TicketPriority.default("normal"),
});
export const TicketChanges = z
  .strictObject({ subject: Ticket.shape.subject, priority: TicketPriority })
  .partial()
  .describe("Fields to change");
export const NewReply = z.strictObject({
  message: z.string().min(1).max(2000).describe("Text of the reply"),
  author: TicketReply.shape.author.default("support"),
});

const params = z.object({ ticketId: TicketId });

export const ticketOperations: readonly ShopOperation[] = [
  defineOperation({
    method: "GET",
    path: "/tickets",
    operationId: "listTickets",
    tag: "tickets",
    summary: "List support tickets",
    description: "Lists support tickets with filters, sorting and paging; newest first by default.",
    query: z.object({
      search: z.string().describe("Words to search for in the subject or message").optional(),
      status: TicketStatus.optional(),
      priority: TicketPriority.optional(),
      customerId: CustomerId.describe("Only tickets of this customer").optional(),
      orderId: OrderId.describe("Only tickets about this order").optional(),
      sort: sortParameter("createdAt", "subject"),
      ...pagingParameters,
    }),
    success: { status: 200, description: "One page of tickets", schema: "TicketList" },
    problems: [422],
    handle({ query, url }, shop) {
      const matching = shop.tickets
        .all()
        .filter(
          (ticket) =>
            matchesSearch(query.search, ticket.subject, ticket.message) &&
            (query.status === undefined || ticket.status === query.status) &&
            (query.priority === undefined || ticket.priority === query.priority) &&
            (query.customerId === undefined || ticket.customerId === query.customerId) &&
            (query.orderId === undefined || ticket.orderId === query.orderId),
        );
      return paginate(sortEntries(matching, query.sort ?? "-createdAt"), query, url);
    },
  }),
  defineOperation({
    method: "POST",
    path: "/tickets",
    operationId: "createTicket",
    tag: "tickets",
    summary: "Open a support ticket for a customer",
    body: { schema: "NewTicket", type: NewTicket },
    success: { status: 201, description: "The new ticket", schema: "Ticket" },
    problems: [422],
    handle({ body }, shop) {
      const errors: FieldError[] = [];
      if (!shop.customers.has(body.customerId)) {
        errors.push({ field: "customerId", message: `There is no customer ${body.customerId}` });
      }
      if (body.orderId !== undefined && !shop.orders.has(body.orderId)) {
        errors.push({ field: "orderId", message: `There is no order ${body.orderId}` });
      }
      if (errors.length > 0)
        throw new Problem(422, "The ticket refers to records that do not exist.", { errors });
      const ticket = shop.tickets.add((id) => ({
        id,
        ...body,
        orderId: body.orderId ?? null,
        status: "open",
        createdAt: shop.now().toISOString(),
        replies: [],
      }));
      return { status: 201, body: ticket, headers: { location: `/tickets/${ticket.id}` } };
    },
  }),
  defineOperation({
    method: "GET",
    path: "/tickets/{ticketId}",
    operationId: "getTicket",
    tag: "tickets",
    summary: "Get one support ticket with its replies",
    params,
    success: { status: 200, description: "The ticket", schema: "Ticket" },
    problems: [404, 422],
    handle: ({ path }, shop) => ({ status: 200, body: shop.tickets.get(path.ticketId) }),
  }),
  defineOperation({
    method: "PATCH",
    path: "/tickets/{ticketId}",
    operationId: "updateTicket",
    tag: "tickets",
    summary: "Change the subject or priority of a support ticket",
    params,
    body: { schema: "TicketChanges", type: TicketChanges },
    success: { status: 200, description: "The ticket after the change", schema: "Ticket" },
    problems: [404, 422],
    handle: ({ path, body }, shop) => ({ status: 200, body: shop.tickets.update(path.ticketId, body) }),
  }),
  defineOperation({
    method: "POST",
    path: "/tickets/{ticketId}/replies",
    operationId: "replyToTicket",
    tag: "tickets",
    summary: "Reply to a support ticket",
    description:
      "A reply from support sets the status to waiting; a reply from the customer sets it to open.",
    params,
    body: { schema: "NewReply", type: NewReply },
    success: { status: 201, description: "The ticket with the reply", schema: "Ticket" },
    problems: [404, 409, 422],
    handle({ path: { ticketId }, body }, shop) {
      const ticket = shop.tickets.get(ticketId);
      if (ticket.status === "closed") throw new Problem(409, `Ticket ${ticketId} is closed.`);
      const changes = {
        replies: [...ticket.replies, { ...body, at: shop.now().toISOString() }],
        status: body.author === "support" ? ("waiting" as const) : ("open" as const),
      };
      return { status: 201, body: shop.tickets.update(ticketId, changes) };
    },
  }),
  defineOperation({
    method: "POST",
    path: "/tickets/{ticketId}/close",
    operationId: "closeTicket",
    tag: "tickets",
    summary: "Close a support ticket",
    params,
    success: { status: 200, description: "The closed ticket", schema: "Ticket" },
    problems: [404, 409, 422],
    handle({ path: { ticketId } }, shop) {
      if (shop.tickets.get(ticketId).status === "closed") {
        throw new Problem(409, `Ticket ${ticketId} is already closed.`);
      }
      return { status: 200, body: shop.tickets.update(ticketId, { status: "closed" }) };
    },
  }),
];
