import { useState } from "react";

/** Values by key. The list unmounts entries that are not visible; what a user has opened must still be open afterwards. */
const kept = new Map<string, unknown>();

/** Works like `useState`, and keeps the value while the component is not mounted. @param key identifies the component on the page. */
export function useKeptState<Value>(key: string, initial: Value): readonly [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => (kept.has(key) ? (kept.get(key) as Value) : initial));
  return [
    value,
    (next) => {
      if (next === initial) kept.delete(key);
      else kept.set(key, next);
      setValue(next);
    },
  ];
}
