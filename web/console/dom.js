/** An element: `h("button", { type: "button", class: "plain", onclick }, "text", child)`. Children are never parsed as HTML. */
export function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value === undefined || value === null || value === false) continue;
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
}

/** Writes only changes, so that nothing flickers and a screen reader repeats nothing. */
export function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

export function mark(element, name, value) {
    const text = value === true ? "" : value;
    if (text === undefined || text === null || text === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(text)) element.setAttribute(name, text);
}

/** Makes `parent` contain one element per key, in order; elements are reused by key, so that focus stays. */
export function keep(parent, keys, make, update) {
    const known = (parent.kept ??= new Map());
    const wanted = new Set(keys);
    for (const [key, element] of known) {
        if (wanted.has(key)) continue;
        element.remove();
        known.delete(key);
    }
    let before = parent.firstElementChild;
    for (const [index, key] of keys.entries()) {
        let element = known.get(key);
        if (!element) known.set(key, (element = make(key)));
        if (element === before) before = before.nextElementSibling;
        else parent.insertBefore(element, before);
        update(element, key, index);
    }
}
