"""A hall's council for the pages' tests and pictures: the demo's roster and its script, step by step, over the control socket."""

import json
import re
import uuid
from pathlib import Path

DEMO = Path(__file__).resolve().parent.parent.parent / "config/demo"


class Sitting:
    """`Sitting(daemon).play(until=("close_round", "r2"))`: everything up to that step, at once; the next `play` goes on from there."""

    def __init__(self, daemon, hall="demo", name="s1", roster=None, seats=34):
        self.daemon, self.hall, self.name = daemon, hall, name
        steps = json.loads((DEMO / "sitting.json").read_text())["steps"]
        self._steps = iter(json.loads(json.dumps(steps).replace("demo-{run}", name).replace("{run}", "1")))
        self._post(f"roster?seats={seats}", roster or (DEMO / "roster.csv").read_bytes(), "text/csv")

    def _post(self, rest, body, kind):
        reply = self.daemon.control.request("POST", f"/api/v1/halls/{self.hall}/{rest}", body=body, headers={"Content-Type": kind})
        assert reply.status == 200, f"{rest}: {reply.status} {reply.text[:600]}"
        return reply.json

    def do(self, command, **fields):
        """One command of the sitting; the answer."""
        body = {"command": command, "id": str(uuid.uuid4()), "sitting": self.name, **fields}
        return self._post("commands", json.dumps(body).encode(), "application/json")

    def hold(self, round, **ballots):
        """A round's ballots: `hold("r1", yes=["d1..d17"], no=["d18"])`."""
        for choice, who in ballots.items():
            for deputy in deputies(who):
                self.do("cast_ballot", round=round, deputy=deputy, choice=choice)

    def play(self, until=None, only_some=None):
        """`until`: the name of a command and what it is about; that step is done too. `only_some`: of the last ballots only so many."""
        for step in self._steps:
            if "ballots" in step:
                ballots = step["ballots"]
                cast = [(choice, deputy) for choice in ("yes", "no", "abstain") for deputy in deputies(ballots.get(choice, []))]
                isLast = until == ("ballots", ballots["round"])
                for choice, deputy in cast[:only_some] if isLast and only_some else cast:
                    self.do("cast_ballot", round=ballots["round"], deputy=deputy, choice=choice)
                if isLast:
                    return self
                continue
            command = step["command"]
            self.do(**{key: value for key, value in command.items() if key != "sitting"})
            about = command.get("round") or command.get("item") or command.get("speaker")
            if until and until[0] == command["command"] and until[1] in (about, None):
                return self
        return self

    @property
    def snapshot(self):
        return self.daemon.http.get(f"/api/v1/halls/{self.hall}/council").json


def deputies(names):
    """`["d1..d3", "head"]` → d1 d2 d3 head."""
    for name in names:
        found = re.fullmatch(r"([a-z]+)(\d+)\.\.\1(\d+)", name)
        yield from (f"{found[1]}{n}" for n in range(int(found[2]), int(found[3]) + 1)) if found else (name,)
