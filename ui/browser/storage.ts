/** Creates access to one stored value. If the browser denies storage, reads return undefined and writes do nothing. */
export function createStorageItem(storage: () => Storage, key: string) {
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

/** JSON of the drafts by session. */
export const draftsItem = createStorageItem(() => sessionStorage, "specchat.drafts");
export const queueItem = createStorageItem(() => sessionStorage, "specchat.waiting");
export const sessionItem = createStorageItem(() => sessionStorage, "specchat.session");
/** The id of the user that the values of this tab belong to. */
export const userItem = createStorageItem(() => sessionStorage, "specchat.user");
/** The visibility of the list of conversations, `shown` or `hidden`. Unset if the server has no list. */
export const sidebarItem = createStorageItem(() => localStorage, "specchat.conversations");
/** The language that the person has chosen. Unset until then. */
export const languageItem = createStorageItem(() => localStorage, "specchat.language");
/** `off` if keys without Control or Command have no shortcuts. */
export const letterKeysItem = createStorageItem(() => localStorage, "specchat.letter-keys");
export const themeItem = createStorageItem(() => localStorage, "specchat.theme");
