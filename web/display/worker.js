/*
 * Keeps the display page in the browser's cache, so that F5 works while the daemon or the network is away.
 * The server writes the version and the files of the shell into this script: other files make another script, and so another worker with a
 * cache of its own, which is filled completely or not at all. A response of the server in time always takes precedence over the cache.
 * (Not a module: not every browser supports modules as service workers.)
 */
"use strict";

const [version, ...files] = "{{shell}}".split(" ");
const scope = "/display/", mark = "plenary-display-";
const shell = mark + version, pictures = `${mark}pictures`;
/** Milliseconds to wait for the server before the cache is used. */
const pageTimeout = 1_500, fileTimeout = 5_000;
const maxPages = 8, maxPictures = 8, maxPictureSize = 2_000_000;

/** Client ids of pages opened from the cache: they get all their files from it, so that a page has one version. */
const fromShell = new Set();

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
    const { request } = event;
    const address = new URL(request.url);
    if (request.method !== "GET" || address.origin !== location.origin || request.headers.has("range")) return;
    if (request.mode === "navigate") event.respondWith(openPage(event, address.pathname));
    else if (address.pathname.startsWith("/assets/") || request.destination === "image") event.respondWith(load(event, address));
});

/** Caches all files of this version, and the pages of the halls shown on this computer. */
async function install() {
    const cache = await caches.open(shell);
    try {
        await Promise.all(files.map(async (path) => {
            const answer = await fetch(path, { cache: "no-cache" });
            if (!answer.ok) throw new Error(`could not load ${path}: ${answer.status}`);
            await cache.put(path, answer);
        }));
        for (const path of await pagesHere()) await keepPage(cache, path, await fetch(path, { cache: "no-cache" }));
        // The files may have been replaced meanwhile: then the next try gets them.
        const script = await fetch(location.href, { cache: "no-store" });
        if (!(await script.text()).includes(version)) throw new Error("the pages have changed meanwhile");
    } catch (error) {
        await caches.delete(shell);
        throw error;
    }
    await skipWaiting();
}

async function pagesHere() {
    const open = (await clients.matchAll({ type: "window", includeUncontrolled: true })).map(({ url }) => new URL(url).pathname);
    const kept = [];
    for (const name of await ourCaches()) if (name !== pictures) for (const { url } of await (await caches.open(name)).keys()) kept.push(new URL(url).pathname);
    return [...new Set([...open, ...kept])].filter((path) => path.startsWith(scope)).slice(0, maxPages);
}

const ourCaches = async () => (await caches.keys()).filter((name) => name.startsWith(mark));

async function activate() {
    for (const name of await ourCaches()) if (name !== shell && name !== pictures) await caches.delete(name);
    await clients.claim();
    for (const page of await clients.matchAll({ type: "window" })) page.postMessage({ shell: version });
}

/** Caches a page, but only one made for this version's files. */
async function keepPage(cache, path, answer) {
    if (!answer.ok || answer.redirected || !(await answer.clone().text()).includes(`data-shell="${version}"`)) return;
    await cache.delete(path);
    await cache.put(path, answer);
    const pages = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(scope));
    for (const page of pages.slice(0, Math.max(0, pages.length - maxPages))) await cache.delete(page);
}

async function openPage(event, path) {
    const cache = await caches.open(shell);
    const kept = await cache.match(path);
    const answer = await fetchWithin(event.request, kept && pageTimeout);
    if (answer) {
        if (answer.ok) event.waitUntil(keepPage(cache, path, answer.clone()));
        return answer;
    }
    if (fromShell.size >= 32) fromShell.delete(fromShell.values().next().value);
    fromShell.add(event.resultingClientId);
    return kept;
}

async function load(event, { pathname, href }) {
    const { request } = event;
    const isFile = files.includes(pathname);
    const isPicture = !isFile && request.destination === "image";
    const kept = isFile ? await (await caches.open(shell)).match(pathname) : isPicture ? await (await caches.open(pictures)).match(href) : undefined;
    if (kept && fromShell.has(event.clientId)) return kept;
    const answer = await fetchWithin(request, kept && fileTimeout);
    if (!answer) return kept;
    if (isPicture && answer.ok && answer.type === "basic") event.waitUntil(keepPicture(href, answer.clone()));
    return answer;
}

/** Caches a picture that the operator configured, such as the arms. */
async function keepPicture(href, answer) {
    if ((await answer.clone().blob()).size > maxPictureSize) return;
    const cache = await caches.open(pictures);
    await cache.delete(href);
    await cache.put(href, answer);
    const all = await cache.keys();
    for (const one of all.slice(0, Math.max(0, all.length - maxPictures))) await cache.delete(one);
}

/**
 * The server's response. With a `time` (ms), `undefined` when there is none in time, or only a 5xx, as from a proxy whose server is away.
 * Without one, whatever comes.
 */
async function fetchWithin(request, time) {
    if (!time) return fetch(request);
    let timer;
    const late = new Promise((resolve) => { timer = setTimeout(resolve, time); });
    try {
        const answer = await Promise.race([fetch(request), late]);
        return answer && answer.status < 500 ? answer : undefined;
    } catch {
        return undefined; // no connection
    } finally {
        clearTimeout(timer);
    }
}
