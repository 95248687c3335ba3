/*
 * Keeps the display on the screen's own computer: who presses F5 while the daemon or the network is away gets the page all the same.
 * The server writes the version and the files of the shell into this script; other files make another script, and so another worker
 * with a shell of its own, taken as a whole or not at all. What the server answers in time always goes before what is kept.
 * (No module: not every browser takes one as a service worker.)
 */
"use strict";

const [version, ...files] = "{{shell}}".split(" ");
const scope = "/display/", mark = "plenary-display-";
const shell = mark + version, pictures = `${mark}pictures`;
/** Milliseconds that the server has for its answer, where one is kept. */
const pageTime = 1_500, fileTime = 5_000;
const mostPages = 8, mostPictures = 8, largestPicture = 2_000_000;

/** Pages that were opened from what is kept: they get all of it from there, so that a page is of one version. */
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

/** The whole shell of this version, and the pages of the halls that are shown here. */
async function install() {
    const cache = await caches.open(shell);
    try {
        await Promise.all(files.map(async (path) => {
            const answer = await fetch(path, { cache: "no-cache" });
            if (!answer.ok) throw new Error(`${path} cannot be had: ${answer.status}`);
            await cache.put(path, answer);
        }));
        for (const path of await pagesHere()) await keepPage(cache, path, await fetch(path, { cache: "no-cache" }));
        // The files may have been replaced while they were fetched: then the next try has them.
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
    for (const name of await ours()) if (name !== pictures) for (const { url } of await (await caches.open(name)).keys()) kept.push(new URL(url).pathname);
    return [...new Set([...open, ...kept])].filter((path) => path.startsWith(scope)).slice(0, mostPages);
}

const ours = async () => (await caches.keys()).filter((name) => name.startsWith(mark));

async function activate() {
    for (const name of await ours()) if (name !== shell && name !== pictures) await caches.delete(name);
    await clients.claim();
    for (const page of await clients.matchAll({ type: "window" })) page.postMessage({ shell: version });
}

/** A page is kept only beside the files it was made for. */
async function keepPage(cache, path, answer) {
    if (!answer.ok || answer.redirected || !(await answer.clone().text()).includes(`data-shell="${version}"`)) return;
    await cache.delete(path);
    await cache.put(path, answer);
    const pages = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(scope));
    for (const page of pages.slice(0, Math.max(0, pages.length - mostPages))) await cache.delete(page);
}

async function openPage(event, path) {
    const cache = await caches.open(shell);
    const kept = await cache.match(path);
    const answer = await inTime(event.request, kept && pageTime);
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
    const answer = await inTime(request, kept && fileTime);
    if (!answer) return kept;
    if (isPicture && answer.ok && answer.type === "basic") event.waitUntil(keepPicture(href, answer.clone()));
    return answer;
}

/** Arms and the like, which the operator named. */
async function keepPicture(href, answer) {
    if ((await answer.clone().blob()).size > largestPicture) return;
    const cache = await caches.open(pictures);
    await cache.delete(href);
    await cache.put(href, answer);
    const all = await cache.keys();
    for (const one of all.slice(0, Math.max(0, all.length - mostPictures))) await cache.delete(one);
}

/**
 * The server's answer; with a `time`, nothing when there is none within it, or only a proxy that says that the server is away.
 * Without one whatever comes.
 */
async function inTime(request, time) {
    if (!time) return fetch(request);
    let timer;
    const late = new Promise((resolve) => { timer = setTimeout(resolve, time); });
    try {
        const answer = await Promise.race([fetch(request), late]);
        return answer && answer.status < 500 ? answer : undefined;
    } catch {
        return undefined; // nobody there
    } finally {
        clearTimeout(timer);
    }
}
