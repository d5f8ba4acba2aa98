import { attachFiles } from "../browser/attach.ts";
import { focusComposer } from "../browser/focus.ts";
import { useChat } from "../chat-context.tsx";

/** Returns a function that attaches files to the draft. */
export function useAttachFiles(): (files: readonly File[]) => void {
  const chat = useChat();
  return (files) => {
    void attachFiles(chat, files);
    focusComposer();
  };
}
