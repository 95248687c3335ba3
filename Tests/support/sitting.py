"""A sitting held by a script: the test's own steps, or the demo's, over the control socket."""

import json
import re

from .council import Council
from .daemon import ROOT

SCRIPT = ROOT / "config/demo/sitting.json"


class Sitting(Council):
    """`Sitting(daemon).seat(9).begin(present=9)`, or `Sitting(daemon).play(until=("close_round", "r2"))`: each command is about this sitting."""

    def __init__(self, daemon, hall=None, sitting="s1"):
        super().__init__(daemon, hall)
        self.id, self._steps = sitting, None

    def do(self, command, **fields):
        return super().do(command, **{"sitting": self.id, **fields})

    # — the test's own —

    def agenda(self, *titles):
        items = [{"item": f"i{n}", "number": str(n), "title": title, "rapporteur": "Левчук Ганна Романівна", "draft": f"П-{411 + n}"} for n, title in enumerate(titles, 1)]
        self.do("replace_agenda", items=items)

    def begin(self, *titles, present=30, title="Двадцять п’ята сесія"):
        """In session with `present` deputies and the head, before the first item."""
        self.do("schedule_sitting", title=title)
        self.agenda(*(titles or ("Про бюджет громади", "Про укриття")))
        self.do("open_sitting")
        everybody = self.people
        self.do("register", deputies=everybody[:present] + [one for one in everybody[present:] if one == "head"])
        assert self.snapshot, "everybody sees it"
        return self

    def vote(self, round, **choices):
        """`vote("r1", yes=range(1, 21), no=[21], abstain=["d22..d24", "head"])`"""
        self.cast(round, [(deputy, choice) for choice, people in choices.items() for deputy in deputies(people)])

    def end_round(self, round):
        self.do("close_round", round=round)
        self.do("announce_round", round=round)

    # — the demo's —

    def play(self, until=None, only_some=None):
        """Everything of the demo up to that step, at once; the next `play` goes on from there, the first one brings the demo's council.

        `until`: the name of a command and what it is about; that step is done too. `only_some`: of the last ballots only so many.
        """
        if self._steps is None:
            self.import_roster()
            script = json.dumps(json.loads(SCRIPT.read_text())["steps"])
            self._steps = iter(json.loads(script.replace("demo-{run}", self.id).replace("{run}", "1")))
        for step in self._steps:
            if "ballots" in step:
                ballots = step["ballots"]
                cast = [(deputy, choice) for choice in ("yes", "no", "abstain") for deputy in deputies(ballots.get(choice, []))]
                is_last = until == ("ballots", ballots["round"])
                self.cast(ballots["round"], cast[:only_some] if is_last and only_some else cast)
                if is_last:
                    return self
                continue
            command = step["command"]
            self.do(**command)
            about = command.get("round") or command.get("item") or command.get("speaker")
            if until and until[0] == command["command"] and until[1] in (about, None):
                return self
        return self


def deputies(names):
    """`[1, "d3..d5", "head"]` → d1 d3 d4 d5 head."""
    for name in names:
        found = re.fullmatch(r"([a-z]+)(\d+)\.\.\1(\d+)", str(name))
        if found:
            yield from (f"{found[1]}{n}" for n in range(int(found[2]), int(found[3]) + 1))
        else:
            yield f"d{name}" if isinstance(name, int) else name
