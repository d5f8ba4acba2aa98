/** The types of the manual. */

/** A page of the manual. */
export interface Topic {
  /** The argument of `specchat help`, and the last segment of the page's URL. */
  readonly name: string;
  readonly group: string;
  readonly title: string;
  /** One sentence: the first paragraph of the page. */
  readonly summary: string;
  /** Markdown, without comments. */
  readonly text: string;
}

/** URLs relative to the rendered page. */
export interface ManualLinks {
  /** The list of topics. */
  readonly index: string;
  /** The URL prefix before a topic's name. */
  readonly topic: string;
  /** The chat page. */
  readonly chat: string;
}
