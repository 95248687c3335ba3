/**
 * Where the seats of a hall are drawn. Pure geometry: the speaker stands at (0, 0), the outermost arc has radius 100,
 * and y grows downwards as in SVG.
 *
 * Rows are arcs at constant distances; seats are shared among the rows in proportion to their length and numbered by
 * angle from left to right, so that each faction is a sector.
 */

const outer = 100;
/** The largest pitch: a council of seven sits in one arc, not in two rows of huge seats. */
const largest = 38;
/** A seat's diameter as a share of the pitch. */
const filled = 0.88;

/**
 * @param {number} count seats
 * @param {number[]} factions how many seats each faction has, left to right; remaining seats are on the right
 * @param {{ stretch?: number }} options `stretch` widens the arcs (1 = half a circle), for names below the seats
 * @returns {{ places: {x: number, y: number, row: number, turn: number}[], pitch: number, radius: number, rows: number,
 *          sectors: {from: number, to: number}[], box: {x: number, y: number, width: number, height: number} }}
 *          `places` in the order of the factions; `turn` is 0 at the far left and 1 at the far right; `pitch` is the least
 *          distance between two seats; `sectors` are the turns between which each faction sits
 */
export function layout(count, factions = [], { stretch = 1 } = {}) {
    const { radii, shares, pitch } = rowsFor(Math.max(1, count));
    const places = [];
    for (const [row, radius] of radii.entries()) {
        for (let i = 0; i < shares[row]; i += 1) {
            const turn = shares[row] === 1 ? 0.5 : i / (shares[row] - 1);
            places.push({ x: -Math.cos(Math.PI * turn) * radius * stretch, y: -Math.sin(Math.PI * turn) * radius, row, turn });
        }
    }
    places.sort((a, b) => a.turn - b.turn || b.row - a.row);
    places.length = Math.min(places.length, Math.max(0, count));
    const half = pitch / 2;
    return {
        places, pitch, radius: half * filled, rows: radii.length, sectors: sectorsOf(places, factions),
        box: { x: -outer * stretch - half, y: -outer - half, width: 2 * outer * stretch + pitch, height: outer + pitch },
    };
}

/**
 * The same for a hall whose roster has the seats' positions, in any unit.
 *
 * @param {{x: number, y: number}[]} given y grows downwards, as on a screen
 */
export function layoutAt(given) {
    const [xs, ys] = [given.map(({ x }) => x), given.map(({ y }) => y)];
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    const [wide, high] = [Math.max(...xs) - left, Math.max(...ys) - top];
    const scale = (2 * outer) / (Math.max(wide, high) || 1);
    const places = given.map(({ x, y }) => ({ x: (x - left - wide / 2) * scale, y: (y - top - high) * scale, row: 0, turn: wide ? (x - left) / wide : 0.5 }));
    let pitch = largest;
    for (const [i, a] of places.entries()) for (const b of places.slice(i + 1)) pitch = Math.min(pitch, Math.hypot(a.x - b.x, a.y - b.y) || pitch);
    const half = pitch / 2;
    return {
        places, pitch, radius: half * filled, rows: 1, sectors: [],
        box: { x: (-wide * scale) / 2 - half, y: -high * scale - half, width: wide * scale + pitch, height: high * scale + pitch },
    };
}

/** The rows that allow the largest seats; the fewest rows among equals. */
function rowsFor(count) {
    if (count <= 3) return { radii: [outer], shares: [count], pitch: largest };
    let best = null;
    for (let rows = 1; rows <= Math.min(12, Math.ceil(count / 2)); rows += 1) {
        for (let inner = rows === 1 ? 100 : 26; inner <= (rows === 1 ? 100 : 84); inner += 1) {
            const step = rows === 1 ? Infinity : (outer - inner) / (rows - 1);
            const radii = Array.from({ length: rows }, (_, row) => (rows === 1 ? outer : inner + row * step));
            const shares = shareOut(count, radii);
            if (shares.some((share) => share < 2)) continue;
            const pitch = Math.min(largest, step, ...radii.map((radius, row) => 2 * radius * Math.sin(Math.PI / 2 / (shares[row] - 1))));
            // Keep the speaker's place in the middle free.
            if (inner < pitch * 1.2) continue;
            if (best === null || pitch > best.pitch * 1.005) best = { radii, shares, pitch };
        }
    }
    return best;
}

/** Shares `count` in proportion to `weights`, in whole numbers (largest remainder method). */
export function shareOut(count, weights) {
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    const exact = weights.map((weight) => (count * weight) / whole);
    const shares = exact.map(Math.floor);
    const order = exact.map((value, index) => [value - shares[index], index]).sort((a, b) => b[0] - a[0] || b[1] - a[1]);
    for (let left = count - shares.reduce((sum, share) => sum + share, 0), i = 0; left > 0; left -= 1, i += 1) shares[order[i][1]] += 1;
    return shares;
}

function sectorsOf(places, factions) {
    const sectors = [];
    let first = 0;
    for (const size of factions) {
        const last = Math.min(first + size, places.length) - 1;
        if (last < first) {
            sectors.push({ from: 0, to: 0 });
            continue;
        }
        const border = (i) => (i <= 0 ? 0 : i >= places.length ? 1 : (places[i - 1].turn + places[i].turn) / 2);
        sectors.push({ from: border(first), to: border(last + 1) });
        first = last + 1;
    }
    return sectors;
}

/**
 * Which names fit below their seats without touching a neighbour.
 *
 * @param {{x: number, y: number}[]} places centres of the seats as drawn
 * @param {number} radius of the seats as drawn
 * @param {{ text: string, width: number }[][]} names for each seat the forms to try, longest first; widths in the units of `places`
 * @param {{ top: number, height: number, gap: number }} line the line of text relative to a seat's centre: its top, its height, and the distance to keep
 * @returns {(string | null)[]} the text for each seat, `null` where nothing fits
 */
export function fitNames(places, radius, names, { top, height, gap }) {
    // Half the free width between the neighbouring seats of each line: neighbours are circles, measured at their nearest height.
    const room = places.map((one, i) => places.reduce((half, other, j) => {
        const down = other.y - one.y;
        const nearest = Math.min(Math.max(down, top), top + height) - down;
        if (i === j || Math.abs(nearest) >= radius) return half;
        return Math.min(half, Math.abs(one.x - other.x) - Math.sqrt(radius * radius - nearest * nearest) - gap);
    }, Infinity));
    const written = places.map(() => null);
    const meets = (i, width) => written.some((other, j) => other && Math.abs(places[i].y - places[j].y) < height
        && Math.abs(places[i].x - places[j].x) < (width + other.width) / 2 + gap);
    // Shortest first: when two are in each other's way, the longer one is shortened or left out.
    const order = names.map((forms, i) => [forms[0]?.width ?? 0, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (const [, i] of order) written[i] = names[i].find(({ width }) => width / 2 <= room[i] && !meets(i, width)) ?? null;
    return written.map((form) => form?.text ?? null);
}
