/** A browser without pages: follows redirects with cookies, and signs in at the provider of the tests with its form. */

export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

export class CookieBrowser {
  /** Host → name → value. Paths are ignored unless a cookie has one that the request is not below. */
  readonly #cookies = new Map<string, Map<string, { readonly value: string; readonly path: string }>>();

  /** Returns the Cookie header of a request. */
  cookieFor(url: string): string {
    const { host, pathname } = new URL(url);
    return [...(this.#cookies.get(host) ?? [])]
      .filter(([, { path }]) => pathname === path || pathname.startsWith(path.replace(/\/?$/, "/")))
      .map(([name, { value }]) => `${name}=${value}`)
      .join("; ");
  }

  /** The names of the cookies of an address. */
  names(url: string): readonly string[] {
    return [...(this.#cookies.get(new URL(url).host)?.keys() ?? [])].toSorted();
  }

  /** Copies every cookie of another browser. */
  copyOf(other: CookieBrowser): this {
    for (const [host, cookies] of other.#cookies) this.#cookies.set(host, new Map(cookies));
    return this;
  }

  /** Sends one request. */
  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: { ...(init.headers as Record<string, string>), Cookie: this.cookieFor(url) },
    });
    for (const line of response.headers.getSetCookie()) this.#store(url, line);
    return response;
  }

  /** Requests a page and follows its redirects, up to the first that is not a redirect or that `until` accepts. */
  async visit(url: string, init: RequestInit = {}, until?: (url: string) => boolean): Promise<Visit> {
    let response = await this.request(url, init);
    let current = url;
    for (let count = 0; count < 20; count += 1) {
      const location = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || location === null) break;
      await response.body?.cancel();
      current = new URL(location, current).href;
      if (until?.(current)) return { url: current, status: 0, body: "", headers: response.headers };
      response = await this.request(current);
    }
    return { url: current, status: response.status, body: await response.text(), headers: response.headers };
  }

  /** Visits a page that leads to the form of the provider, and signs in there. */
  async signIn(url: string, user: string, until?: (url: string) => boolean): Promise<Visit> {
    const form = await this.visit(url);
    const action = /action="([^"]*\/interaction\/[^"]*)"/.exec(form.body)?.[1];
    if (action === undefined) return form;
    return await this.visit(
      new URL(action, form.url).href,
      {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ prompt: "login", login: user, password: "any" }).toString(),
      },
      until,
    );
  }

  #store(url: string, line: string): void {
    const { host } = new URL(url);
    const cookie = Bun.Cookie.parse(line);
    const cookies = this.#cookies.get(host) ?? new Map();
    this.#cookies.set(host, cookies);
    const isExpired =
      cookie.maxAge === 0 ||
      (cookie.expires !== undefined && new Date(cookie.expires).getTime() <= Date.now());
    // The value stays encoded, as a browser sends it.
    const value = line.slice(line.indexOf("=") + 1).split(";")[0] ?? "";
    if (isExpired) cookies.delete(cookie.name);
    else cookies.set(cookie.name, { value, path: cookie.path ?? "/" });
  }
}
