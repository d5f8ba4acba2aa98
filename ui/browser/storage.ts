/** Storage that may be forbidden: then nothing is remembered, and nothing breaks. */
export function stored(storage: () => Storage, key: string) {
  return {
    read(): string | undefined {
      try {
        return storage().getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write(value: string): void {
      try {
        if (value === "") storage().removeItem(key);
        else storage().setItem(key, value);
      } catch {}
    },
  };
}

export const draft = stored(() => sessionStorage, "specchat.draft");
export const waitingMessages = stored(() => sessionStorage, "specchat.waiting");
export const session = stored(() => sessionStorage, "specchat.session");
/** The list of conversations beside the one that is shown: `shown` or `hidden`; unset where the server has none. */
export const column = stored(() => localStorage, "specchat.conversations");
export const theme = stored(() => localStorage, "specchat.theme");
