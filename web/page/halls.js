import { followLanguage } from "./language.js";

await followLanguage(document.getElementById("language"), (words) => {
    document.title = words.say("halls.title");
});
