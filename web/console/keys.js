/** Keyboard shortcuts of the console. Pure. */

/**
 * A key's name in lower case, with `alt+` before arrows. On a keyboard with another script the physical key counts: «н» is Y.
 * `null` with Ctrl or Meta, which belong to the browser.
 */
export function keyOf({ key, code, altKey, ctrlKey, metaKey }) {
    if (ctrlKey || metaKey || typeof key !== "string") return null;
    const small = key.toLowerCase();
    if (altKey) return small.startsWith("arrow") ? `alt+${small}` : null;
    if (/^[a-z]$/.test(small) || small.length > 1) return small;
    if (small.length === 1 && /\p{L}/u.test(small) && /^Key[A-Z]$/.test(code ?? "")) return code.slice(3).toLowerCase();
    return small;
}

/** The keys that work everywhere, in the order of the list under `?`; `keys.{name}` is the text. */
export const everywhere = [
    { key: "g", name: "next" },
    { key: "v", name: "planRound" },
    { key: "c", name: "closeRound" },
    { key: "p", name: "announceRound" },
    { key: "d", name: "annulRound" },
    { key: "z", name: "repeatRound" },
    { key: "t", name: "figures" },
    { key: "q", name: "openRegistration" },
    { key: "r", name: "goRoll" },
    { key: "l", name: "goAgenda" },
    { key: "i", name: "addItem" },
    { key: "w", name: "queueSpeaker" },
    { key: "f", name: "floor" },
    { key: "k", name: "pause" },
    { key: "e", name: "extendSpeech" },
    { key: "b", name: "break" },
    { key: "x", name: "session" },
    { key: "m", name: "postNotice" },
    { key: "o", name: "air" },
    { key: "s", name: "slate" },
    { key: "h", name: "hidden" },
    { key: "u", name: "undo" },
    { key: "?", name: "help" },
];

export const inRoll = [
    { keys: ["Y"], name: "rollYes" },
    { keys: ["N"], name: "rollNo" },
    { keys: ["A"], name: "rollAbstain" },
    { keys: ["Space"], name: "rollSkip" },
    { keys: ["↑", "↓"], name: "rollMove" },
    { keys: ["Enter"], name: "rollMore" },
];

export const inAgenda = [
    { keys: ["↑", "↓"], name: "agendaMove" },
    { keys: ["Alt", "↑ ↓"], name: "agendaOrder" },
    { keys: ["+"], name: "agendaSub" },
    { keys: ["Enter"], name: "agendaMore" },
];

/** The action of a key that works everywhere, `null` for none. */
export const meaningOf = (key) => everywhere.find((binding) => binding.key === key)?.name ?? null;

/** Whether the element takes typed text, so that letter keys are no shortcuts there. */
export const takesText = (element) => element?.closest !== undefined
    && element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]") !== null;
