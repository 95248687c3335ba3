/** As much of a document as `page/dom.js` makes elements with: no browser, and no more than the text that is in them is asked for. */

class Element {
    dataset = {};
    attributes = new Map();
    childNodes = [];

    constructor(name) {
        this.localName = name;
        this.tagName = name.toUpperCase();
    }

    setAttribute(name, value) { this.attributes.set(name, String(value)); }
    append(...children) { this.childNodes.push(...children.map((child) => (child instanceof Element ? child : String(child)))); }
}

export const fakeDocument = {
    createElement: (name) => new Element(name),
    createElementNS: (space, name) => new Element(name),
};

/** The texts of `nodes`, each as long as no tag comes between: what a reader of the HTML finds between tags. */
export function textsOf(nodes) {
    const texts = [];
    const walk = (children) => {
        let text = "";
        const end = () => {
            if (text.trim() !== "") texts.push(text.trim());
            text = "";
        };
        for (const child of children) {
            if (child instanceof Element) {
                end();
                walk(child.childNodes);
            } else {
                text += child;
            }
        }
        end();
    };
    walk(nodes);
    return texts;
}
