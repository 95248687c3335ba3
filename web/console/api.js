/** The console's client of the daemon's API. Every request has a deadline; without a response its promise rejects. */
export class API {
    #csrf = "";
    hall = "";

    /** `{ status, body, retryAfter }`; `body` is `null` when it is not JSON. */
    async ask(method, path, { json, text, type, deadline = 10_000 } = {}) {
        const headers = { Accept: "application/json" };
        if (method !== "GET") headers["X-CSRF-Token"] = this.#csrf;
        if (json !== undefined || text !== undefined) headers["Content-Type"] = type ?? "application/json";
        const answer = await fetch(path, {
            method, headers, body: json === undefined ? text : JSON.stringify(json), signal: AbortSignal.timeout(deadline), cache: "no-store",
        });
        let body = null;
        const words = await answer.text();
        try {
            body = JSON.parse(words);
        } catch {
            // Empty, or a proxy's error page.
        }
        return { status: answer.status, body, retryAfter: Number(answer.headers.get("Retry-After")) || 0 };
    }

    #of(path) { return `/api/v1/halls/${encodeURIComponent(this.hall)}/${path}`; }

    /** Sends one step of an outbox entry. */
    send(hall, step, id) {
        const path = `/api/v1/halls/${encodeURIComponent(hall)}`;
        if (step.stream) return this.ask("POST", `${path}/stream/${step.stream}`, { deadline: 30_000 });
        return this.ask("POST", `${path}/commands`, { json: { ...step, id } });
    }

    /** The current session, `null` when nobody is signed in. */
    async session() {
        const answer = await this.ask("GET", "/api/v1/session");
        if (answer.status === 200) this.#csrf = answer.body.csrf;
        else if (answer.status !== 401) throw new Error(`could not read the session: ${answer.status}`);
        return answer.status === 200 ? answer.body : null;
    }

    async signIn(secret) {
        const answer = await this.ask("POST", "/api/v1/session", { json: secret.startsWith("plenary_") ? { token: secret } : { code: secret } });
        if (answer.status === 200 || answer.status === 201) this.#csrf = answer.body.csrf;
        return answer;
    }

    signOut() { return this.ask("DELETE", "/api/v1/session"); }
    halls() { return this.ask("GET", "/api/v1/halls"); }
    stream(full) { return this.ask("GET", this.#of(full ? "stream" : "stream/public")); }

    /** The names of the council's rules; empty when the request fails. */
    async rules() {
        const answer = await this.ask("GET", this.#of("rules"), { deadline: 3000 }).catch(() => null);
        return answer?.status === 200 ? Object.keys(answer.body?.rules ?? {}).sort() : [];
    }

    /** Uploads a `roster`, `rules` or `agenda`. */
    file(what, text, query) {
        const isJSON = /^[[{]/.test(text.trimStart());
        const type = what === "rules" ? "application/yaml" : isJSON ? "application/json" : "text/csv";
        return this.ask("POST", this.#of(`${what}?${new URLSearchParams(query)}`), { text, type });
    }
}

/** Polls the stream's status every three seconds; `null` while unknown. */
export class StreamWatch extends EventTarget {
    #api;
    #timer = 0;
    #round = 0;
    full = false;
    value = null;

    constructor(api) {
        super();
        this.#api = api;
    }

    async poll() {
        clearTimeout(this.#timer);
        const mine = (this.#round += 1);
        try {
            let { status, body } = await this.#api.stream(this.full);
            // The session may have ended: the public status is still available.
            if (this.full && (status === 401 || status === 403)) ({ status, body } = await this.#api.stream(false));
            if (mine !== this.#round) return;
            this.value = status === 200 ? body : null;
        } catch {
            if (mine !== this.#round) return;
            this.value = null;
        }
        this.#timer = setTimeout(() => this.poll(), 3000);
        this.dispatchEvent(new Event("change"));
    }
}
