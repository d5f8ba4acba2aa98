import { useId, useRef, useState } from "react";
import { Person } from "../components/icons.tsx";
import { t } from "../language/language.ts";
import { LazyUsage } from "../usage/lazy-usage.tsx";
import { forgetUser } from "./account-browser.ts";
import { useAccount, useAccountState } from "./account-context.tsx";

/** Shows who is signed in, opens the usage for administrators, and signs out. */
export function AccountMenu() {
  const account = useAccount();
  const user = useAccountState()?.user;
  const menu = useId();
  const [problem, setProblem] = useState<string>();
  const [isUsageShown, setIsUsageShown] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  if (account === undefined || user === undefined) return null;

  const signOut = async () => {
    setProblem(undefined);
    try {
      const next = await account.signOut();
      forgetUser();
      location.assign(next);
    } catch {
      setProblem(t("account.stillSignedIn"));
    }
  };

  const closeUsage = () => {
    setIsUsageShown(false);
    opener.current?.focus();
  };

  return (
    <div className="account">
      <button
        ref={opener}
        type="button"
        className="button account-button"
        popoverTarget={menu}
        aria-label={t("account.of", { name: user.name })}
        title={user.name}
      >
        <Person />
        <span dir="auto">{user.name}</span>
      </button>
      <div id={menu} popover="auto" className="account-menu">
        <p className="account-name" dir="auto">
          {user.name}
        </p>
        <p className="account-details">
          {[t(`account.method.${user.method}`), user.organization].filter(Boolean).join(" · ")}
        </p>
        {user.administrator && (
          <button type="button" className="button" onClick={() => setIsUsageShown(true)}>
            {t("account.usage")}
          </button>
        )}
        {user.method !== "proxy" && (
          <button type="button" className="button" onClick={signOut}>
            {t("account.signOut")}
          </button>
        )}
        {problem !== undefined && (
          <p className="sign-in-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      {isUsageShown && <LazyUsage onClose={closeUsage} />}
    </div>
  );
}
