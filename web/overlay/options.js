/** The options in an overlay's address. Pure. `docs/overlay.md` explains them. */

import { languages } from "../page/language.js";

export const parts = ["item", "speaker", "tally", "verdict", "hemicycle"];
const usual = ["item", "speaker", "tally", "verdict"];

/**
 * @param {string} query of the address
 * @returns {{ options: { parts: Set<string>, lang: string | null, theme: "dark" | "light", scale: number, delay: number, verdict: number }, faults: string[] }}
 *          `delay` in ms, `verdict` in ms; a fault says what was wrong, and what is used instead
 */
export function readOptions(query) {
    const asked = new URLSearchParams(query);
    const faults = [];
    const known = ["parts", "lang", "theme", "scale", "delay", "verdict"];
    for (const name of new Set(asked.keys())) {
        if (!known.includes(name)) faults.push(`“${name}” is no option of the overlay; use ${known.join(", ")}`);
    }
    const choice = (name, allowed, otherwise) => {
        const value = asked.get(name);
        if (value === null || allowed.includes(value)) return value ?? otherwise;
        faults.push(`${name}=${value}: use ${allowed.join(" or ")}; ${otherwise ?? "the council's own"} holds`);
        return otherwise;
    };
    const number = (name, least, most, otherwise, unit) => {
        const value = asked.get(name);
        if (value === null) return otherwise;
        const given = /^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
        if (given >= least && given <= most) return given;
        faults.push(`${name}=${value}: a number from ${least} to ${most}${unit} is expected; ${otherwise} holds`);
        return otherwise;
    };
    const options = {
        parts: new Set(usual), lang: choice("lang", Object.keys(languages), null), theme: choice("theme", ["dark", "light"], "dark"),
        scale: number("scale", 0.5, 1.5, 1, ""), delay: number("delay", 0, 60_000, 0, " milliseconds"),
        verdict: number("verdict", 1, 120, 8, " seconds") * 1000,
    };
    if (asked.has("parts")) {
        const wanted = asked.get("parts").split(",").map((part) => part.trim()).filter(Boolean);
        for (const part of wanted.filter((one) => !parts.includes(one))) faults.push(`parts: “${part}” is none of ${parts.join(", ")}; it is left out`);
        options.parts = new Set(wanted.filter((part) => parts.includes(part)));
        if (options.parts.size === 0) {
            faults.push(`parts=${asked.get("parts")}: nothing of this can be shown; ${usual.join(",")} holds`);
            options.parts = new Set(usual);
        }
    }
    return { options, faults };
}
