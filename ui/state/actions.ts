/** The actions that change the state of the chat page. */
import type { ServerFrame, SignInOption } from "../protocol.ts";
import type { Attachment, Feedback, Sought } from "./types.ts";

export type Action =
  | { readonly type: "frame"; readonly frame: ServerFrame }
  | { readonly type: "link"; readonly link: "connecting" | "reconnecting" | "offline" }
  /** Another conversation is opened over a new connection. It is a new one if `session` is undefined. */
  | { readonly type: "opened"; readonly session: string | undefined; readonly reason: "reload" | "chosen" }
  /** The user changed the text in the message field. */
  | { readonly type: "drafted"; readonly text: string }
  | { readonly type: "held"; readonly isHeld: boolean }
  | { readonly type: "queued"; readonly text: string; readonly attachments?: readonly Attachment[] }
  | {
      readonly type: "attached";
      readonly files: readonly Omit<Attachment, "id">[];
      readonly problem: string | undefined;
    }
  | { readonly type: "detached"; readonly id: string }
  /** The next message in the queue was sent. `at` is ISO 8601. */
  | { readonly type: "sent"; readonly at?: string }
  /** The user wants to see a message or all of them. Undefined when they are shown. */
  | { readonly type: "sought"; readonly sought: Sought | undefined }
  /** The page before the messages that are there was requested. */
  | { readonly type: "older_requested" }
  | { readonly type: "withdrawn"; readonly id: string }
  /** The user confirmed that a message is sent although the server may already have it. */
  | { readonly type: "confirmed"; readonly id: string }
  /** The user's decision on waiting calls was sent. */
  | {
      readonly type: "decided";
      readonly approvalId: string;
      readonly calls: readonly string[];
      readonly approved: boolean;
    }
  /** The user's change of the arguments of a waiting call was sent. */
  | { readonly type: "editing"; readonly approvalId: string; readonly call: string }
  | { readonly type: "stopping" }
  | { readonly type: "retried"; readonly id: string }
  /** A failed turn was removed, and its message moved to the draft. */
  | { readonly type: "retracted"; readonly id: string }
  | { readonly type: "model_chosen"; readonly model: string }
  /** The person rated a reply, or removed the rating. */
  | { readonly type: "rated"; readonly id: string; readonly feedback: Feedback | undefined }
  | { readonly type: "signing_in"; readonly option: SignInOption }
  /** The credentials could not be sent. */
  | { readonly type: "sign_in_failed"; readonly option: SignInOption; readonly message: string }
  | { readonly type: "signed_out" }
  | { readonly type: "alert_dismissed" }
  | { readonly type: "note_dismissed" };
