/** The types of messages. A translation that lacks a message, has one too many, or has other placeholders fails the type check. */
import type { ErrorCode } from "../../src/errors.ts";
import type { english } from "./en.ts";

/** The languages of the page, as BCP 47 tags. */
export const LANGUAGES = ["en", "es", "pt", "de", "fr", "ja", "ar"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text for each plural category of a language: https://cldr.unicode.org/index/cldr-spec/plural-rules. `{count}` decides. */
export type PluralText = { readonly other: string } & Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;
export type MessageText = string | PluralText;

type English = typeof english;
export type MessageKey = keyof English;

/** The names in braces: `"name" | "count"` of `"{name}: {count}"`. */
type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** The names of a message. Other plural forms may leave out the number: "One file". */
type NamesOf<Message> = Message extends string
  ? NamesIn<Message>
  : Message extends { readonly other: infer Other extends string }
    ? NamesIn<Other>
    : never;

/** The values of a message. Numbers are written in the way of the language. */
export type MessageValues<Key extends MessageKey> = [NamesOf<English[Key]>] extends [never]
  ? readonly []
  : readonly [values: Readonly<Record<NamesOf<English[Key]>, string | number>>];

/** The keys of messages without placeholders. */
export type PlainKey = {
  [Key in MessageKey]: [NamesOf<English[Key]>] extends [never] ? Key : never;
}[MessageKey];

/** The messages of a language, by key. */
export type Messages = Readonly<Record<MessageKey, MessageText>>;

/** What the server says by code. The server's own text is English, and may have more detail. */
export type ServerTexts = Readonly<Record<ErrorCode | "queued" | "retrying", string>>;

/** A language that is loaded when it is used. */
export interface Translation {
  readonly messages: Messages;
  readonly serverTexts: ServerTexts;
}

type Checked<Given> = {
  readonly [Key in MessageKey]: Key extends keyof Given
    ? HasSameNames<Given[Key], English[Key]> extends true
      ? Given[Key]
      : `Its placeholders are: ${NamesOf<English[Key]>}`
    : MessageText;
} & { readonly [Key in Exclude<keyof Given, MessageKey>]: never };

type HasSameNames<One, Other> = [NamesOf<One>, NamesOf<Other>] extends [NamesOf<Other>, NamesOf<One>]
  ? true
  : false;

/** Checks the messages of a translation against the English ones. */
export function defineMessages<const Given extends Readonly<Record<string, MessageText>>>(
  messages: Given & Checked<Given>,
): Messages {
  return messages;
}
