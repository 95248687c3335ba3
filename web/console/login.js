/** The sign-in dialog: a token or the one-time setup code. It closes only after signing in. */
export class Login {
    #api;
    #words;
    #done;
    #part = (id) => document.getElementById(id);
    #timer = 0;
    #fault = null;
    #wanted = false;

    constructor(api, words, done) {
        [this.#api, this.#words, this.#done] = [api, words, done];
        this.#part("login").addEventListener("cancel", (event) => event.preventDefault());
        // A browser lets a second Escape through: without a session there is nothing behind the dialog.
        this.#part("login").addEventListener("close", () => { if (this.#wanted) this.#part("login").showModal(); });
        this.#part("login-form").addEventListener("submit", (event) => {
            event.preventDefault();
            this.#try();
        });
    }

    /** Uses the existing session, else asks. Retries by itself while the daemon does not respond. */
    async begin() {
        for (;;) {
            try {
                const session = await this.#api.session();
                if (!session) return this.ask();
                this.#wanted = false;
                this.#close();
                return this.#done(session);
            } catch {
                this.ask();
                this.#say("login.noAnswer");
                await new Promise((resolve) => setTimeout(resolve, 2000));
                if (!this.#wanted) return undefined;
            }
        }
    }

    /** The field in a closed dialog would keep the focus until the page is drawn again, and take the next key. */
    #close() {
        const dialog = this.#part("login");
        dialog.close();
        if (dialog.contains(document.activeElement)) document.activeElement.blur();
    }

    ask() {
        this.#wanted = true;
        if (!this.#part("login").open) this.#part("login").showModal();
    }

    /** The language has changed. */
    translate() { if (this.#fault) this.#say(...this.#fault); }

    #say(key, values) {
        this.#fault = key ? [key, values] : null;
        this.#part("login-fault").textContent = key ? this.#words()?.say(key, values) ?? "" : "";
    }

    async #try() {
        const [field, button] = [this.#part("login-secret"), this.#part("login-button")];
        if (button.disabled) return;
        button.disabled = true;
        this.#say(null);
        let answer = null;
        try {
            answer = await this.#api.signIn(field.value.trim());
        } catch {
            this.#say("login.noAnswer");
        }
        button.disabled = false;
        if (!answer) return;
        if (answer.status < 300) {
            field.value = "";
            this.#wanted = false;
            this.#close();
            return this.#done(answer.body);
        }
        if (answer.status === 429) return this.#wait(answer.retryAfter || 60);
        const wrong = answer.status === 401 || answer.status === 403;
        this.#say(wrong ? "login.wrong" : "login.refused", { detail: this.#words()?.refusal(answer.body ?? { status: answer.status }) ?? "" });
        field.select();
    }

    /** Locked out: counts down, then enables the button again. */
    #wait(seconds) {
        const button = this.#part("login-button");
        const until = performance.now() + seconds * 1000;
        button.disabled = true;
        clearInterval(this.#timer);
        const show = () => {
            const left = Math.ceil((until - performance.now()) / 1000);
            if (left > 0) return this.#say("login.locked", { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` });
            clearInterval(this.#timer);
            button.disabled = false;
            return this.#say(null);
        };
        this.#timer = setInterval(show, 1000);
        show();
    }
}
