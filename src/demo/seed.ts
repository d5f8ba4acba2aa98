/** What the shop holds when it opens: the same records each time, dated in the days before. */
import { type Customer, dollars, type Order, type Product, type Ticket } from "./types.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;

/** `days` before `opened`, at a time of day that follows from `salt`. */
function before(opened: Date, days: number, salt: number): string {
  const midnight = Math.floor(opened.getTime() / DAY) * DAY;
  const moment = midnight - days * DAY + (7 * 60 + ((salt * 137) % 720)) * MINUTE;
  return new Date(Math.min(moment, opened.getTime())).toISOString();
}

// name, city, country, tier, registered days ago, has a telephone
const CUSTOMERS: readonly (readonly [string, string, string, Customer["tier"], number, boolean])[] = [
  ["Ada Fischer", "Hamburg", "DE", "gold", 812, true],
  ["Bruno Costa", "Lisbon", "PT", "standard", 640, true],
  ["Chloe Martin", "Lyon", "FR", "silver", 588, true],
  ["Daniel Okafor", "London", "GB", "standard", 561, false],
  ["Elena Petrova", "Sofia", "BG", "gold", 540, true],
  ["Farid Haddad", "Marseille", "FR", "standard", 502, true],
  ["Grace Lindqvist", "Uppsala", "SE", "silver", 477, true],
  ["Hugo Sanders", "Utrecht", "NL", "standard", 431, true],
  ["Ines Moreau", "Brussels", "BE", "gold", 420, true],
  ["Jonas Weber", "Vienna", "AT", "standard", 399, false],
  ["Katarzyna Nowak", "Krakow", "PL", "silver", 365, true],
  ["Liam Byrne", "Galway", "IE", "standard", 342, true],
  ["Mei Tanaka", "Berlin", "DE", "gold", 310, true],
  ["Noah Andersen", "Aarhus", "DK", "standard", 287, true],
  ["Olivia Rossi", "Bologna", "IT", "silver", 254, true],
  ["Pedro Alvarez", "Valencia", "ES", "standard", 230, false],
  ["Quinn Taylor", "Bristol", "GB", "standard", 188, true],
  ["Rosa Jimenez", "Seville", "ES", "silver", 151, true],
  ["Samuel Keller", "Zurich", "CH", "gold", 124, true],
  ["Tove Nilsen", "Bergen", "NO", "standard", 97, true],
  ["Uma Krishnan", "Dublin", "IE", "standard", 63, true],
  ["Viktor Horvath", "Budapest", "HU", "silver", 41, true],
  ["Wanda Novak", "Prague", "CZ", "standard", 19, false],
  ["Yusuf Demir", "Cologne", "DE", "standard", 6, true],
];

// name, category, price, stock, rating, description
const PRODUCTS: readonly (readonly [string, Product["category"], number, number, number | null, string])[] = [
  [
    "Cast iron skillet",
    "kitchen",
    39.9,
    34,
    4.7,
    "A 26 cm pan that keeps its heat and lasts for generations.",
  ],
  ["Chef's knife", "kitchen", 64, 21, 4.8, "A 20 cm blade of forged steel with a walnut handle."],
  ["Pour-over coffee set", "kitchen", 28.5, 0, 4.4, "A glass carafe with a steel filter for four cups."],
  ["Enamel stock pot", "kitchen", 72, 9, 4.5, "Eight litres, for soups and Sunday broth."],
  ["Bamboo cutting board", "kitchen", 18.9, 58, 4.3, "With a groove that catches the juice."],
  ["Digital kitchen scale", "kitchen", 24, 40, 4.1, "Weighs to the gram, up to five kilograms."],
  ["Stoneware mugs, set of four", "kitchen", 32, 27, 4.6, "Glazed by hand, safe in the dishwasher."],
  ["Wool throw blanket", "living", 89, 15, 4.9, "Woven from recycled wool, 130 by 180 cm."],
  ["Linen cushion cover", "living", 22.5, 63, 4.2, "Washed linen in five muted colours."],
  ["Floor lamp Alder", "living", 149, 6, 4.4, "An oak tripod with a paper shade."],
  ["Scented candle Cedar", "living", 16, 80, 4, "Burns for about forty hours."],
  ["Wall clock Quiet", "living", 45, 18, 4.5, "A silent movement behind plain glass."],
  ["Jute rug", "living", 119, 0, 3.9, "Braided by hand, 160 by 230 cm."],
  ["Bookends, pair", "living", 27, 31, 4.3, "Powder-coated steel that holds heavy volumes."],
  ["Pruning shears", "garden", 29.9, 25, 4.6, "Bypass blades that can be resharpened."],
  ["Watering can", "garden", 34, 22, 4.4, "Nine litres of galvanised steel with a brass rose."],
  ["Raised bed kit", "garden", 129, 4, 4.1, "Larch boards for a bed of 120 by 80 cm."],
  ["Herb seed collection", "garden", 12.5, 140, 4.7, "Basil, chives, dill, parsley, sage and thyme."],
  ["Garden kneeler", "garden", 36, 11, 4, "Folds flat and turns into a low seat."],
  ["Compost bin", "garden", 58, 0, 3.8, "A closed bin of 220 litres from recycled plastic."],
  ["Desk organiser", "office", 31, 37, 4.2, "Five compartments of beech plywood."],
  ["Notebook, dotted", "office", 14, 210, 4.8, "192 numbered pages of 100 g paper."],
  ["Fountain pen", "office", 48, 17, 4.5, "A steel nib and a piston filler."],
  ["Monitor stand", "office", 55, 12, 4.3, "Raises the screen by eleven centimetres."],
  ["Ergonomic footrest", "office", 42, 8, 3.9, "Tilts to thirty degrees, with a soft cover."],
  ["Desk lamp Hinge", "office", 79, 14, 4.6, "A dimmable light on a two-part arm."],
  ["Two-person tent", "outdoor", 189, 5, 4.5, "Weighs 2.1 kg and stands in five minutes."],
  ["Camping stove", "outdoor", 54, 19, 4.4, "Boils half a litre in three minutes."],
  ["Insulated bottle", "outdoor", 26, 95, 4.7, "Keeps tea hot for twelve hours."],
  ["Trekking poles", "outdoor", 69, 13, 4.3, "Aluminium, folding to 38 centimetres."],
  ["Head torch", "outdoor", 33, 28, 4.5, "300 lumens and a red light for the night."],
  ["Dry bag, 20 litres", "outdoor", 21, 44, 4.6, "Keeps a change of clothes dry on the river."],
  ["Wooden train set", "toys", 46, 16, 4.8, "Forty pieces of track, a bridge and three wagons."],
  ["Memory card game", "toys", 13, 72, 4.4, "Thirty-six pairs of birds and trees."],
  ["Stacking rainbow", "toys", 38, 20, 4.7, "Seven arches of lime wood."],
  ["Junior microscope", "toys", 95, 3, null, "Enlarges up to four hundred times, with ten slides."],
];

// customer, status, days ago, [product, quantity] …
type OrderSeed = readonly [number, Order["status"], number, ...(readonly [number, number])[]];
const ORDERS: readonly OrderSeed[] = [
  [1, "delivered", 118, [1, 1], [5, 2]],
  [5, "delivered", 112, [8, 1]],
  [7, "delivered", 104, [22, 3], [23, 1]],
  [3, "refunded", 99, [10, 1]],
  [12, "cancelled", 95, [27, 1]],
  [9, "delivered", 91, [2, 1], [7, 1]],
  [13, "delivered", 88, [33, 1], [35, 1]],
  [2, "delivered", 83, [29, 2]],
  [11, "delivered", 77, [15, 1], [18, 4]],
  [19, "delivered", 71, [26, 1]],
  [6, "cancelled", 66, [13, 1]],
  [1, "delivered", 62, [4, 1]],
  [15, "delivered", 58, [9, 4], [11, 2]],
  [12, "delivered", 55, [31, 1], [32, 1]],
  [8, "delivered", 52, [21, 1], [22, 2]],
  [18, "delivered", 49, [34, 2]],
  [5, "delivered", 45, [12, 1], [14, 1]],
  [20, "refunded", 41, [25, 1]],
  [14, "delivered", 38, [28, 1], [29, 1]],
  [10, "delivered", 35, [6, 1]],
  [13, "delivered", 31, [16, 1], [18, 2]],
  [17, "delivered", 28, [30, 1]],
  [7, "delivered", 25, [1, 1]],
  [12, "cancelled", 22, [3, 1]],
  [21, "delivered", 20, [22, 1], [24, 1]],
  [9, "delivered", 17, [8, 1], [9, 2]],
  [4, "delivered", 15, [33, 1]],
  [22, "shipped", 12, [27, 1], [31, 2]],
  [16, "delivered", 11, [11, 3]],
  [19, "shipped", 9, [2, 1], [5, 1]],
  [7, "shipped", 8, [17, 1]],
  [3, "shipped", 6, [29, 1], [32, 1]],
  [1, "cancelled", 5, [36, 1]],
  [11, "shipped", 4, [7, 2]],
  [23, "pending", 3, [22, 2], [23, 1]],
  [13, "pending", 2, [10, 1]],
  [5, "pending", 2, [35, 1], [34, 1]],
  [12, "pending", 1, [28, 1]],
  [24, "pending", 1, [18, 6], [15, 1]],
  [2, "pending", 0, [6, 1], [5, 1]],
];

// customer, order, subject, status, priority, days ago, message, answer of the support
type TicketSeed = readonly [
  number,
  number | null,
  string,
  Ticket["status"],
  Ticket["priority"],
  number,
  string,
  string | null,
];
const TICKETS: readonly TicketSeed[] = [
  [
    3,
    1004,
    "Lamp arrived with a crack",
    "closed",
    "high",
    95,
    "One leg of the lamp is cracked near the top.",
    "We are sorry! The full amount is on its way back to you.",
  ],
  [
    9,
    1006,
    "Is the knife dishwasher safe?",
    "closed",
    "low",
    86,
    "The box does not say so.",
    "Please wash it by hand, the walnut handle will thank you.",
  ],
  [
    20,
    1018,
    "Footrest is too high",
    "closed",
    "normal",
    37,
    "Even at the lowest setting it is too high for me.",
    "No problem, we have refunded it.",
  ],
  [
    12,
    null,
    "Change my e-mail address",
    "closed",
    "low",
    30,
    "Please use my private address from now on.",
    "Done. The next invoice goes there.",
  ],
  [
    17,
    1022,
    "One trekking pole does not lock",
    "waiting",
    "normal",
    21,
    "The lower part slips when I lean on it.",
    "Could you send us a photograph of the lever?",
  ],
  [
    6,
    null,
    "When will the jute rug be back?",
    "open",
    "low",
    16,
    "I ordered it in spring and it was cancelled.",
    null,
  ],
  [
    22,
    1028,
    "Parcel has not moved for a week",
    "open",
    "high",
    5,
    "Tracking says it is still in the sorting centre.",
    null,
  ],
  [7, 1031, "Delivery on Saturday?", "open", "normal", 4, "I am only at home at the weekend.", null],
  [
    19,
    1030,
    "Wrong cutting board in the parcel",
    "waiting",
    "normal",
    3,
    "I got the small one instead.",
    "Which size does the label on the back say?",
  ],
  [
    1,
    1033,
    "Why was my order cancelled?",
    "open",
    "urgent",
    3,
    "It was a birthday present for Sunday.",
    null,
  ],
  [5, 1037, "Gift wrapping", "open", "low", 1, "Can you wrap the rainbow, please?", null],
  [
    24,
    1039,
    "Add a note to my order",
    "open",
    "normal",
    0,
    "Please leave the parcel with the neighbours.",
    null,
  ],
];

export function seedCustomers(opened: Date): Customer[] {
  return CUSTOMERS.map(([name, city, country, tier, days, reachable], index) => ({
    id: index + 1,
    name,
    email: `${name.toLowerCase().replace(" ", ".")}@example.com`,
    phone: reachable ? `+00 555 ${String(2101 + index * 137)}` : null,
    city,
    country,
    tier,
    createdAt: before(opened, days, index),
  }));
}

export function seedProducts(): Product[] {
  return PRODUCTS.map(([name, category, price, stock, rating, description], index) => ({
    id: index + 1,
    name,
    category,
    price,
    stock,
    rating,
    description,
  }));
}

export function seedOrders(opened: Date): Order[] {
  return ORDERS.map(([customerId, status, days, ...lines], index) => {
    const items = lines.flatMap(([productId, quantity]) => {
      const product = PRODUCTS[productId - 1];
      return product ? [{ productId, name: product[0], quantity, unitPrice: product[2] }] : [];
    });
    const total = dollars(items.reduce((sum, item) => sum + item.quantity * item.unitPrice, 0));
    const sent = status === "shipped" || status === "delivered" || status === "refunded";
    return {
      id: 1001 + index,
      customerId,
      status,
      total,
      items,
      note: null,
      placedAt: before(opened, days, index),
      trackingNumber: sent ? trackingNumber(1001 + index) : null,
      cancelReason: status === "cancelled" ? "The supplier could not deliver in time" : null,
      refunds:
        status === "refunded"
          ? [{ amount: total, reason: "Returned by the customer", at: before(opened, days - 6, index) }]
          : [],
    };
  });
}

export function seedTickets(opened: Date): Ticket[] {
  return TICKETS.map(([customerId, orderId, subject, status, priority, days, message, answer], index) => ({
    id: 501 + index,
    customerId,
    orderId,
    subject,
    message,
    status,
    priority,
    createdAt: before(opened, days, index),
    replies:
      answer === null ? [] : [{ author: "support", message: answer, at: before(opened, days - 1, index) }],
  }));
}

export function trackingNumber(order: number): string {
  return `SP${order}${(order * 7919) % 10000}`;
}
