/** Fits text into a box, as large as possible, breaking only between words. Pure: widths come from `measure`. */

/**
 * Breaks `text` into the lines that allow the largest font size within `width`.
 *
 * @param {string} text
 * @param {(text: string) => number} measure the width of a text at font size 1
 * @param {{ width: number, lines?: number, largest: number, smallest: number, worth?: number, tall?: number }} room sizes and width in the
 *        same unit; `worth`: the factor of size that justifies one more line, unless the text would not fit without it; `tall`: limit of the
 *        sizes of all lines together
 * @returns {{ size: number, lines: string[], cut: boolean }} `cut`: even at `smallest` it does not fit, and was shortened after a word, with “…”
 */
export function fit(text, measure, { width, lines = 2, largest, smallest, worth = 1.08, tall = Infinity }) {
    // A bound on the work: a title of 100 kB must not take a second.
    const words = text.slice(0, 1200).trim().split(/\s+/u).filter(Boolean);
    const shortened = text.trim().length > 1200;
    if (words.length === 0) return { size: largest, lines: [], cut: false };
    const widths = words.map(measure), space = measure("\u00a0");
    let best = null;
    for (let count = 1; count <= Math.min(lines, words.length); count += 1) {
        const broken = breakInto(widths, space, count);
        const size = Math.min(largest, width / broken.widest, tall / count);
        if (best === null || size > best.size * (best.size < smallest ? 1 : worth)) best = { size, ends: broken.ends };
    }
    if (best.size >= smallest && !shortened) return { size: best.size, lines: linesOf(words, best.ends), cut: false };
    return cutShort(words, widths, space, measure, { width, lines, size: smallest });
}

/** Breaks words of `widths` into at most `count` lines with the least widest line. `ends`: the index after each line's last word. */
function breakInto(widths, space, count) {
    const fits = (limit) => {
        const ends = [];
        let used = 0;
        for (const [i, width] of widths.entries()) {
            if (used > 0 && used + space + width > limit) {
                ends.push(i);
                used = 0;
            }
            used += (used > 0 ? space : 0) + width;
        }
        return [...ends, widths.length];
    };
    let low = Math.max(...widths), high = widths.reduce((sum, width) => sum + width + space, 0);
    for (let i = 0; i < 40 && high - low > 1e-4; i += 1) {
        const middle = (low + high) / 2;
        if (fits(middle).length <= count) high = middle; else low = middle;
    }
    const ends = fits(high);
    let first = 0;
    const sums = ends.map((end) => {
        const sum = widths.slice(first, end).reduce((a, b) => a + b + space, -space);
        first = end;
        return sum;
    });
    return { ends, widest: Math.max(...sums) };
}

function linesOf(words, ends) {
    let first = 0;
    return ends.map((end) => {
        const line = words.slice(first, end).join(" ");
        first = end;
        return line;
    });
}

function cutShort(words, widths, space, measure, { width, lines, size }) {
    const limit = width / size, more = measure("…");
    const found = [];
    let line = [], used = 0;
    for (const [i, one] of widths.entries()) {
        const needed = (line.length ? used + space : 0) + one;
        const isLast = found.length === lines - 1;
        if (needed + (isLast ? more : 0) <= limit || (line.length === 0 && !isLast)) {
            line.push(words[i]);
            used = needed;
        } else if (!isLast) {
            found.push(line.join(" "));
            line = [words[i]];
            used = one;
        } else break;
    }
    // A single word wider than a line is the only one that loses letters.
    if (line.length === 0) line = [shorten(words[0], measure, limit - more)];
    found.push(`${withoutDangling(line).join(" ").replace(/[\s,;:.–—-]+$/u, "")}…`);
    return { size, lines: found.map((one) => (measure(one) > limit ? `${shorten(one, measure, limit - more)}…` : one)), cut: true };
}

/** Drops short words at the end: a cut after “and”, “щодо” or “ir” looks like an error. */
function withoutDangling(words) {
    const kept = [...words];
    while (kept.length > 3 && /^\p{L}{1,4}$/u.test(kept.at(-1)) && !/^\p{Lu}{2}/u.test(kept.at(-1))) kept.pop();
    return kept;
}

function shorten(word, measure, limit) {
    let letters = [...word];
    while (letters.length > 1 && measure(letters.join("")) > limit) letters = letters.slice(0, Math.floor(letters.length * 0.9));
    return letters.join("");
}
