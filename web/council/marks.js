/** The choices' marks as SVG paths in a circle of radius 1 around (0, 0): they need no font. */
export const marks = {
    yes: "M-.46 .04L-.13 .38L.48 -.34",
    no: "M-.36 -.36L.36 .36M.36 -.36L-.36 .36",
    abstain: "M.4 0A.4 .4 0 1 1 -.4 0A.4 .4 0 1 1 .4 0Z",
    not_voting: "M-.42 0H.42",
    recused: "M-.86 .22L.22 -.86M-.6 .6L.6 -.6M-.22 .86L.86 -.22",
    voted: "M.16 0A.16 .16 0 1 1 -.16 0A.16 .16 0 1 1 .16 0Z",
    present: "M.16 0A.16 .16 0 1 1 -.16 0A.16 .16 0 1 1 .16 0Z",
};

export const svg = (name, attributes = {}) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
};

/** The mark as a standalone SVG, for a line of counts: a circle in the choice's colour (`[data-choice]` in `hemicycle.css`). */
export function markPicture(choice) {
    const picture = svg("svg", { viewBox: "-1.1 -1.1 2.2 2.2", "aria-hidden": "true", class: "choice-mark" });
    const group = svg("g", { class: "seat", "data-choice": choice });
    group.append(svg("circle", { r: "1" }), svg("path", { class: "mark", d: marks[choice] ?? "" }));
    picture.append(group);
    return picture;
}
