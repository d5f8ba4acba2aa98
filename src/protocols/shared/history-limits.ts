/** The limits of a history that a client sends with each request. */

/** Messages of a request. */
export const MAX_MESSAGES = 2000;
/** Tool calls of one message. */
export const MAX_CALLS = 500;
/** Parts of one message, such as texts and files. */
export const MAX_PARTS = 500;
/** Tools of the client. */
export const MAX_TOOLS = 256;
/** Characters of a name or an id that the client chooses. */
export const MAX_ID_LENGTH = 1000;
