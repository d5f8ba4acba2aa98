/** The look that the server's operator has given the page. */

interface Brand {
  readonly logo?: string;
  readonly welcome?: string;
  readonly introduction?: string;
  readonly suggestions?: readonly string[];
  readonly disclaimer?: string;
}

/** The texts of the operator, which the server writes into the page. */
export const brand: Brand = JSON.parse(globalThis.document?.getElementById("root")?.dataset.brand || "{}");
