import { name } from "./language.js";
import { spell } from "./screens.js";

const soundMemory = "plenary.sound";

/** The buttons, the sliders and the keyboard: shows the player's state and operates it. */
export class Controls {
    #player;
    #video;
    #stage;
    #words = null;
    #parts;
    #dragging = false;
    #idleTimer = 0;
    /** The `ChapterMarks` of the seek bar, once they exist. */
    chapters = null;

    constructor(player, video, stage) {
        this.#player = player;
        this.#video = video;
        this.#stage = stage;
        const part = (id) => document.getElementById(id);
        this.#parts = {
            toggle: part("toggle"), mute: part("mute"), volume: part("volume"), live: part("live"), liveWord: part("live-word"), behind: part("behind"),
            clock: part("clock"), seek: part("seek"), pip: part("pip"), full: part("full"), help: part("help"), helpButton: part("help-button"),
            sound: part("sound"), begin: part("begin"), tracks: part("tracks"),
        };
        this.#listen();
        part("bar").hidden = false;
        this.#parts.pip.hidden = !document.pictureInPictureEnabled && !video.webkitSetPresentationMode;
        this.#parts.full.hidden = !stage.requestFullscreen && !video.webkitEnterFullscreen;
    }

    set words(words) {
        this.#words = words;
        this.show();
        this.showPosition();
    }

    #listen() {
        const { toggle, mute, volume, live, seek, pip, full, helpButton, sound, begin, tracks } = this.#parts;
        const press = (button, act) => button.addEventListener("click", () => act());
        press(toggle, () => this.#toggle());
        press(begin, () => this.#player.play());
        press(mute, () => this.#setMuted(!this.#player.muted));
        press(sound, () => this.#setMuted(false));
        press(live, () => this.#player.goLive());
        press(pip, () => this.#togglePictureInPicture());
        press(full, () => this.#toggleFullScreen());
        press(helpButton, () => this.#parts.help.showModal());
        tracks.addEventListener("change", () => { this.#player.sound = tracks.selectedIndex; });
        volume.addEventListener("input", () => this.#setVolume(Number(volume.value) / 100));
        seek.addEventListener("pointerdown", () => { this.#dragging = true; });
        seek.addEventListener("pointerup", () => { this.#dragging = false; });
        seek.addEventListener("pointercancel", () => { this.#dragging = false; });
        seek.addEventListener("input", () => {
            this.#nameSeek(-Number(seek.value));
            fill(seek);
        });
        seek.addEventListener("change", () => {
            this.#dragging = false;
            const edge = this.#player.liveEdge;
            if (edge !== null) this.#player.seek(this.chapters?.takeClicked() ?? edge + Number(seek.value));
        });
        this.#video.addEventListener("click", () => this.#toggle());
        this.#video.addEventListener("volumechange", () => this.show());
        this.#stage.addEventListener("dblclick", (event) => { if (event.target === this.#video) this.#toggleFullScreen(); });
        document.addEventListener("fullscreenchange", () => { this.show(); this.#stir(); });
        for (const kind of ["pointermove", "keydown", "pointerdown"]) this.#stage.addEventListener(kind, () => this.#stir());
        document.addEventListener("keydown", (event) => this.#key(event));
        this.#player.addEventListener("change", () => this.show());
        this.#player.addEventListener("position", () => this.showPosition());
    }

    // — operating the player —

    #toggle() {
        if (this.#video.paused) this.#player.play();
        else this.#player.pause();
    }

    #setMuted(muted) {
        this.#player.muted = muted;
        if (!muted && this.#player.volume === 0) this.#player.volume = 0.5;
        remember(!muted);
        if (!muted && this.#video.paused && this.#player.blocked) this.#player.play();
    }

    #setVolume(volume) {
        this.#player.volume = Math.min(1, Math.max(0, volume));
        this.#player.muted = this.#player.volume === 0;
        remember(!this.#player.muted);
    }

    async #toggleFullScreen() {
        if (document.fullscreenElement) await document.exitFullscreen();
        else if (this.#stage.requestFullscreen) await this.#stage.requestFullscreen();
        else this.#video.webkitEnterFullscreen?.();
    }

    async #togglePictureInPicture() {
        try {
            if (document.pictureInPictureElement) await document.exitPictureInPicture();
            else if (document.pictureInPictureEnabled) await this.#video.requestPictureInPicture();
            else this.#video.webkitSetPresentationMode?.(this.#video.webkitPresentationMode === "inline" ? "picture-in-picture" : "inline");
        } catch {
            // No picture yet, or the browser refuses.
        }
    }

    #key(event) {
        if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || this.#parts.help.open) return;
        const target = event.target;
        if (target.closest?.("select, textarea, input:not([type=range])")) return;
        const onSlider = target.closest?.("input[type=range]");
        const acts = {
            k: () => this.#toggle(), m: () => this.#setMuted(!this.#player.muted), f: () => this.#toggleFullScreen(), l: () => this.#player.goLive(),
            p: () => this.#togglePictureInPicture(), "?": () => this.#parts.help.showModal(),
        };
        if (!target.closest?.("button, a")) acts[" "] = () => this.#toggle();
        if (!onSlider && !event.shiftKey) {
            acts.ArrowLeft = () => this.#player.seekBy(-5);
            acts.ArrowRight = () => this.#player.seekBy(5);
            acts.ArrowUp = () => this.#setVolume(this.#player.volume + 0.05);
            acts.ArrowDown = () => this.#setVolume(this.#player.volume - 0.05);
        }
        const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? acts[latin(event.code)];
        if (!act) return;
        event.preventDefault();
        act();
    }

    /** In full screen the controls fade after 3 s without input. */
    #stir() {
        delete this.#stage.dataset.idle;
        clearTimeout(this.#idleTimer);
        if (document.fullscreenElement) this.#idleTimer = setTimeout(() => { if (!this.#video.paused) this.#stage.dataset.idle = ""; }, 3000);
    }

    // — showing its state —

    show() {
        if (!this.#words) return;
        const { toggle, mute, volume, live, liveWord, full, sound, begin } = this.#parts;
        const [video, player] = [this.#video, this.#player];
        const say = (key) => this.#words.say(key);
        icon(toggle, video.paused ? "play" : "pause");
        name(toggle, say(video.paused ? "player.play" : "player.pause"));
        icon(mute, player.muted ? "muted" : "sounding");
        name(mute, say(player.muted ? "player.soundOn" : "player.mute"));
        volume.value = String(player.muted ? 0 : Math.round(player.volume * 100));
        fill(volume);
        const atLive = player.following && (player.phase === "playing" || player.phase === "stalled");
        live.toggleAttribute("data-on", atLive);
        live.toggleAttribute("data-moving", player.phase === "playing");
        live.hidden = !player.hasShown || player.phase === "absent" || player.phase === "failed";
        write(liveWord, say(atLive ? "player.live" : "player.backToLive"));
        icon(full, document.fullscreenElement ? "reduce" : "enlarge");
        name(full, say(document.fullscreenElement ? "player.leaveFull" : "player.full"));
        sound.hidden = !(player.muted && player.phase === "playing" && !wantsSilence());
        begin.hidden = !player.blocked;
        this.#showSounds();
    }

    /** The menu of audio renditions, when there is a choice. */
    #showSounds() {
        const { tracks } = this.#parts;
        const { sounds, sound } = this.#player;
        tracks.parentElement.hidden = sounds.length < 2;
        const titles = sounds.map((one, index) => this.#words.soundName(one, index));
        const shown = [...tracks.options].map((option) => option.text);
        if (titles.join("\n") !== shown.join("\n")) tracks.replaceChildren(...titles.map((title) => new Option(title)));
        if (tracks.selectedIndex !== sound) tracks.selectedIndex = sound;
    }

    showPosition() {
        if (!this.#words) return;
        const { seek, behind, clock } = this.#parts;
        const [edge, oldest, late] = [this.#player.liveEdge, this.#player.oldest, this.#player.behind];
        const known = edge !== null && oldest !== null && edge - oldest > 4;
        seek.disabled = !known;
        if (known && !this.#dragging) {
            seek.min = String(-Math.floor(edge - oldest));
            const shown = this.#player.following ? 0 : -Math.round(late);
            if (seek.value !== String(shown)) seek.value = String(shown);
            this.#nameSeek(-shown);
            fill(seek);
        }
        write(behind, known && !this.#player.following ? `−${spell(late)}` : "");
        const at = this.#player.currentProgramTime();
        write(clock, at === null || !this.#player.hasShown ? "" : this.#words.clock(at));
        if (at !== null) {
            const told = this.#words.hour(at);
            if (clock.title !== told) clock.title = told;
            const stamp = new Date(at).toISOString().slice(0, 19) + "Z";
            if (clock.dateTime !== stamp) clock.dateTime = stamp;
        }
    }

    #nameSeek(late) {
        const place = late < 2 ? this.#words.say("player.atLive") : this.#words.say("player.behind", { time: spell(late) });
        const title = this.chapters?.titleAt(this.#player.liveEdge - late);
        const text = title ? `${place}, ${title}` : place;
        if (this.#parts.seek.getAttribute("aria-valuetext") !== text) this.#parts.seek.setAttribute("aria-valuetext", text);
    }
}

function icon(button, symbol) {
    const use = button.querySelector("use");
    if (use.getAttribute("href") !== `#${symbol}`) use.setAttribute("href", `#${symbol}`);
}

function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

/** Sets how much of a slider is filled, for the style sheet. */
function fill(slider) {
    const share = (Number(slider.value) - Number(slider.min)) / (Number(slider.max) - Number(slider.min) || 1);
    const text = `${(share * 100).toFixed(1)}%`;
    if (slider.style.getPropertyValue("--filled") !== text) slider.style.setProperty("--filled", text);
}

/** Shortcuts are Latin letters; on a Ukrainian or Georgian keyboard the physical key counts. */
const latin = (code) => (/^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : code);

/** Whether the visitor has turned the sound off: then the button over the picture does not offer it. */
function wantsSilence() {
    try {
        return localStorage.getItem(soundMemory) === "off";
    } catch {
        return false;
    }
}

/** Whether the visitor left with the sound on. */
export function wantsSound() {
    try {
        return localStorage.getItem(soundMemory) === "on";
    } catch {
        return false;
    }
}

function remember(on) {
    try {
        localStorage.setItem(soundMemory, on ? "on" : "off");
    } catch {
        // No storage: the choice holds for this visit only.
    }
}
