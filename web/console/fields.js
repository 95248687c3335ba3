import { h } from "./dom.js";

/** Documents per item: the daemon's `linksPerItem`. */
const maxLinks = 50;

/**
 * A dialog field: `{ element, read }`. Kinds: `text`, `area`, `number`, `time`, `select`, `choice` (large radio buttons), `file`, `links`
 * (documents, each a name and an address).
 */
export function fieldOf(field, words, id) {
    const common = { id, name: field.name, required: field.required, autofocus: field.focus, "aria-describedby": field.hint ? `${id}-hint` : undefined };
    const wrap = (input) => h("div", { class: field.half ? "field half" : "field" },
        h("label", { for: id }, field.label), input, field.hint ? h("p", { class: "quiet", id: `${id}-hint` }, field.hint) : null);
    switch (field.kind) {
        case "area": {
            const input = h("textarea", { ...common, rows: 3, maxlength: field.max ?? 1000 });
            input.value = field.value ?? "";
            return { element: wrap(input), read: () => input.value.replace(/\s+/g, " ").trim() };
        }
        case "number": {
            const input = h("input", {
                ...common, type: "number", inputmode: "numeric", min: field.min ?? 0, max: field.max, step: 1, value: field.value ?? "",
            });
            return { element: wrap(input), read: () => (input.value === "" ? undefined : Number(input.value)) };
        }
        case "time": {
            const input = h("input", { ...common, type: "datetime-local", value: field.value ? localTime(field.value) : "" });
            return { element: wrap(input), read: () => (input.value ? new Date(input.value).getTime() : undefined) };
        }
        case "select": {
            const options = field.options.map(({ value, label }) => h("option", { value, selected: value === (field.value ?? "") }, label));
            const input = h("select", common, ...options);
            return { element: wrap(input), read: () => input.value };
        }
        case "choice": {
            const radios = field.options.map(({ value, label }, index) => h("label", { class: "choice" },
                h("input", { type: "radio", name: `${id}-choice`, value, required: true, checked: value === field.value, autofocus: index === 0 }),
                h("span", {}, label)));
            const group = h("fieldset", { class: "field" }, h("legend", {}, field.label), h("div", { class: "choices" }, ...radios));
            return { element: group, read: () => group.querySelector("input:checked")?.value };
        }
        case "file": {
            const input = h("input", { ...common, type: "file", accept: field.accept });
            const read = async () => {
                const file = input.files[0];
                return file ? { name: file.name, text: await decoded(file) } : null;
            };
            return { element: wrap(input), read };
        }
        case "links":
            return linksField(field, words, id);
        default: {
            const input = h("input", {
                ...common, type: "text", maxlength: field.max ?? 200, value: field.value ?? "", autocomplete: "off",
                placeholder: field.empty ? words.say(field.empty) : undefined,
            });
            return { element: wrap(input), read: () => input.value.trim() };
        }
    }
}

/** Rows of name and address; those without an address are left out. */
function linksField(field, words, id) {
    const rows = h("div", { class: "links" });
    const addEmpty = () => { add({}); rows.lastElementChild.querySelector("input").focus(); };
    const more = h("button", { type: "button", class: "plain small", onclick: addEmpty }, words.say("links.add"));
    const group = h("fieldset", { class: "field", id }, h("legend", {}, field.label), rows, more);
    const number = () => {
        for (const [index, row] of [...rows.children].entries()) {
            const [name, address, remove] = row.children;
            name.setAttribute("aria-label", words.say("links.name", { number: index + 1 }));
            address.setAttribute("aria-label", words.say("links.address", { number: index + 1 }));
            remove.setAttribute("aria-label", words.say("links.remove", { number: index + 1 }));
        }
        more.hidden = rows.children.length >= maxLinks;
    };
    function add({ title = "", url = "" }) {
        const address = h("input", { type: "url", maxlength: 2000, value: url, placeholder: "https://…", autocomplete: "off", spellcheck: "false" });
        // type="url" accepts any scheme.
        const check = () => address.setCustomValidity(address.value === "" || /^https?:\/\//.test(address.value.trim()) ? "" : words.say("links.fault"));
        address.addEventListener("input", check);
        const remove = () => {
            const next = row.nextElementSibling ?? row.previousElementSibling;
            row.remove();
            number();
            (next?.querySelector("input") ?? more).focus();
        };
        const name = h("input", {
            type: "text", maxlength: 2000, value: title === url ? "" : title, placeholder: words.say("field.title"), autocomplete: "off",
        });
        const row = h("div", { class: "link" }, name, address, h("button", { type: "button", class: "plain more", onclick: remove }, "×"));
        rows.append(row);
        check();
        number();
    }
    for (const link of field.value ?? []) add(link);
    number();
    const read = () => [...rows.children]
        .map((row) => ({ title: row.children[0].value.trim(), url: row.children[1].value.trim() }))
        .filter(({ url }) => url !== "");
    return { element: group, read };
}

/** A file as text: UTF-8, or UTF-16 with a byte order mark (a spreadsheet's “Unicode text”). */
async function decoded(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
    return new TextDecoder(wide).decode(bytes);
}

/** UTC ms as the value of a `datetime-local` input, in local time. */
function localTime(at) {
    const there = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
    return there.toISOString().slice(0, 16);
}
