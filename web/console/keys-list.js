import { h } from "./dom.js";
import { everywhere, inAgenda, inRoll } from "./keys.js";

const memory = "plenary.console.keys";

/** Whether single-letter shortcuts are on; they can be switched off (WCAG 2.1.4). */
export const keysOn = () => { try { return localStorage.getItem(memory) !== "off"; } catch { return true; } };

/** The list under `?`. */
export function keysList(words) {
    const line = (keys, text) => [h("dt", {}, ...keys.map((key) => h("kbd", {}, key === "Space" ? words.say("keys.space") : key))), h("dd", {}, text)];
    const group = (title, entries) => [h("h3", {}, words.say(title)), h("dl", {}, ...entries.flat())];
    const remember = () => { try { localStorage.setItem(memory, box.checked ? "on" : "off"); } catch { /* holds for this visit only */ } };
    const box = h("input", { type: "checkbox", checked: keysOn(), onchange: remember });
    return h("div", { class: "keys-list" },
        ...group("keys.everywhere", everywhere.map(({ key, name }) => line([key.toUpperCase()], words.say(`keys.${name}`)))),
        ...group("keys.inRoll", inRoll.map(({ keys, name }) => line(keys, words.say(`keys.${name}`)))),
        ...group("keys.inAgenda", inAgenda.map(({ keys, name }) => line(keys, words.say(`keys.${name}`)))),
        h("label", { class: "check" }, box, h("span", {}, words.say("keys.single"))));
}
