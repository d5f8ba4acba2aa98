/** The messages between the page in a frame and `widget.js` in the page around it. Each carries a text in `specchat`. */

/** From the page in the frame. */
export type FrameMessage =
  | { readonly specchat: "ready" }
  /** What waits for the person, as in the title of the page: the button shows it. */
  | {
      readonly specchat: "waiting";
      readonly waiting: "approval" | "reply" | undefined;
      readonly text: string;
    }
  /** The person closes the chat. */
  | { readonly specchat: "close" }
  /** Asks for the token of the person. */
  | { readonly specchat: "token"; readonly id: number };

/** From the page around it. */
export type HostMessage =
  /** The person has opened the chat. */
  | { readonly specchat: "shown" }
  /** The person has closed it: nothing in it is seen. */
  | { readonly specchat: "hidden" }
  /** Null: nobody is signed in. Undefined: the page around has no tokens. */
  | { readonly specchat: "token"; readonly id: number; readonly token: string | null | undefined }
  /** The person has signed in or out. */
  | { readonly specchat: "reload" };
