import { streamCommands } from "./next.js";

/** Steering the stream: start, stop, slate, closed session. */
export const airActions = (desk) => ({
    async air(name) {
        const asks = { stop: true, show: true };
        if (asks[name] && !(await desk.ask(desk.say(`air.${name}`), desk.say(`air.${name}.text`), `air.${name}`, { danger: name === "stop" }))) return;
        const back = { slateOn: "slateOff", slateOff: "slateOn" }[name];
        const intent = (action) => ({ ...desk.make.air(streamCommands[action], desk.context.hall()), name: `air.${action}` });
        desk.send({ ...intent(name), undo: back ? intent(back) : null }, name);
    },

    slate() { return desk.run(desk.may("slateOff") ? "slateOff" : "slateOn"); },
    hidden() { return desk.run(desk.may("show") ? "show" : "hide"); },
    onAir() { return desk.run(desk.may("start") ? "start" : "stop"); },
});
