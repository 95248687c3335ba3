/** Creates elements, and updates the DOM with as few changes as possible, so that focus, selection and scroll position stay. */

const space = "http://www.w3.org/2000/svg";

/**
 * An element. `attributes`: `false` and `null` omit one, `true` sets it without a value; `key` identifies it among siblings; `.name` sets a property.
 * Children are nodes, texts, `null`, or lists of them; texts are never parsed as HTML.
 */
export function el(name, attributes = {}, ...children) {
    const element = name === "svg" || name === "path" ? document.createElementNS(space, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (value === false || value === null || value === undefined) continue;
        if (key === "key") element.dataset.key = value;
        else if (key.startsWith(".")) (element.properties ??= {})[key.slice(1)] = value;
        else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
    if (element.properties) Object.assign(element, element.properties);
    return element;
}

const drawings = {
    yes: "M3 8.5l3.5 3.5L13 4.5", no: "M4 4l8 8M12 4l-8 8", abstain: "M12.5 8a4.5 4.5 0 1 1-9 0a4.5 4.5 0 1 1 9 0z", not_voting: "M3.5 8h9",
    recused: "M2 10l8-8M6 14l8-8", voted: "M8 8h.01", secret: "M8 8h.01", present: "M8 8h.01",
    postponed: "M5.5 3.5v9M10.5 3.5v9", speaking: "M5 3.5l7 4.5l-7 4.5z",
};
const alike = {
    adopted: "yes", rejected: "no", undecided: "abstain", annulled: "recused", withdrawn: "not_voting",
    under_discussion: "speaking", voting: "speaking",
};

/** The SVG mark of a choice or a state, `null` for none. */
export function mark(name) {
    const drawing = drawings[alike[name] ?? name];
    if (!drawing) return null;
    return el("svg", { class: "mark", viewBox: "0 0 16 16", "aria-hidden": "true", "data-mark": alike[name] ?? name }, el("path", { d: drawing }));
}

/** Makes `shown`'s children equal to those of `wanted`, whose nodes it may take. */
export function morph(shown, wanted) {
    const old = new Map();
    for (const child of shown.children) if (child.dataset?.key) old.set(child.dataset.key, child);
    let place = shown.firstChild;
    for (const next of [...wanted.childNodes]) {
        const key = next.dataset?.key;
        const same = key ? old.get(key) : place;
        if (same && canBecome(same, next) && (key || !same.dataset?.key)) {
            if (same !== place) shown.insertBefore(same, place);
            else place = place.nextSibling;
            become(same, next);
        } else {
            shown.insertBefore(next, place);
        }
    }
    while (place) {
        const after = place.nextSibling;
        place.remove();
        place = after;
    }
}

const canBecome = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName;

function become(shown, wanted) {
    if (shown.nodeType !== Node.ELEMENT_NODE) {
        if (shown.nodeValue !== wanted.nodeValue) shown.nodeValue = wanted.nodeValue;
        return;
    }
    for (const { name } of [...shown.attributes]) if (!wanted.hasAttribute(name) && !kept(shown, name)) shown.removeAttribute(name);
    for (const { name, value } of wanted.attributes) if (shown.getAttribute(name) !== value && !kept(shown, name)) shown.setAttribute(name, value);
    if (wanted.properties) for (const [name, value] of Object.entries(wanted.properties)) if (shown[name] !== value) shown[name] = value;
    // A custom element draws itself.
    if (!shown.localName.includes("-")) morph(shown, wanted);
}

/** Attributes that belong to the visitor (typed, opened) or to a custom element. */
const kept = (element, name) => (element.localName === "details" && name === "open") || (element.localName === "input" && name === "value")
    || (element.localName.includes("-") && name !== "class");
