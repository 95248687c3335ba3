import { wishes } from "./desk.js";

/** What goes on air. */
export const airDeeds = (desk) => ({
    async air(name) {
        const asks = { stop: true, show: true };
        if (asks[name] && !(await desk.ask(desk.say(`air.${name}`), desk.say(`air.${name}.text`), `air.${name}`, { danger: name === "stop" }))) return;
        const back = { slateOn: "slateOff", slateOff: "slateOn" }[name];
        const intent = (wish) => ({ ...desk.make.air(wishes[wish], desk.at.hall()), name: `air.${wish}` });
        desk.send({ ...intent(name), undo: back ? intent(back) : null }, name);
    },

    slate() { return desk.run(desk.may("slateOff") ? "slateOff" : "slateOn"); },
    hidden() { return desk.run(desk.may("show") ? "show" : "hide"); },
    onAir() { return desk.run(desk.may("start") ? "start" : "stop"); },
});
