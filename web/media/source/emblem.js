/**
 * The house's neutral emblem: arcs of seats around a speaker's place, under a pediment. No national symbol in it.
 * Drawn in a box of 200 × 200 around (0, 0); `ink` and `paper` are CSS colours.
 */
export function emblem(ink, paper) {
    const seats = [];
    const rows = [[34, 5], [54, 8], [74, 11]];
    for (const [radius, count] of rows) {
        for (let i = 0; i < count; i += 1) {
            const angle = Math.PI * (0.06 + (0.88 * i) / (count - 1));
            seats.push(`<circle cx="${(-Math.cos(angle) * radius).toFixed(1)}" cy="${(34 - Math.sin(angle) * radius).toFixed(1)}" r="6.4"/>`);
        }
    }
    return `<g>
        <circle r="98" fill="${paper}" stroke="${ink}" stroke-width="3"/>
        <circle r="89" fill="none" stroke="${ink}" stroke-width="1.5"/>
        <g fill="${ink}">${seats.join("")}<rect x="-13" y="30" width="26" height="15" rx="3"/>
        <rect x="-44" y="52" width="88" height="4" rx="2"/><rect x="-30" y="61" width="60" height="4" rx="2"/></g>
    </g>`;
}
