/** Storage that may be forbidden: then nothing is remembered, and nothing breaks. */
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

export const draftItem = createStorageItem(() => sessionStorage, "specchat.draft");
export const queueItem = createStorageItem(() => sessionStorage, "specchat.waiting");
export const sessionItem = createStorageItem(() => sessionStorage, "specchat.session");
/** The list of conversations beside the one that is shown: `shown` or `hidden`; unset where the server has none. */
export const sidebarItem = createStorageItem(() => localStorage, "specchat.conversations");
export const themeItem = createStorageItem(() => localStorage, "specchat.theme");
