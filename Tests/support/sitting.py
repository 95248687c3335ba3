"""A council's sitting on a running daemon, driven through the control socket as the CLI drives it."""

import json
import uuid

from Tests.support.wait import wait_until

FACTIONS = ["Громада", "Злагода", "Нове місто"]


def roster(count, names=None, head="Романенко"):
    """A roster of `count` deputies, `d1` to `d{count}`, in three factions and a few without; `names(i)` gives family and given name."""
    names = names or (lambda i: (f"Депутат{i}", "Ім’я"))
    lines = ["id;family;given;gender;seat;faction;role"]
    for i in range(1, count + 1):
        family, given = names(i)
        faction = FACTIONS[min(len(FACTIONS) - 1, (i - 1) * len(FACTIONS) // count)] if i <= count - count // 10 else ""
        lines.append(f"d{i};{family};{given};{'f' if i % 2 else 'm'};{i};{faction};")
    if head:
        lines.append(f"head;{head};Галина;f;;;head")
    return "\n".join(lines) + "\n"


class Sitting:
    """`sitting.command("open_round", round="r1")`; each command must be taken, or the test fails with the daemon's own words."""

    def __init__(self, daemon, hall="demo", sitting="s1"):
        self.daemon, self.hall, self.id = daemon, hall, sitting

    def command(self, name, **fields):
        body = {"command": name, "id": str(uuid.uuid4()), "sitting": self.id, **fields}
        reply = self.daemon.control.request("POST", f"/api/v1/halls/{self.hall}/commands", body=json.dumps(body), headers={"Content-Type": "application/json"})
        assert reply.status == 200, f"{name} {fields}: {reply.status} {reply.text}"
        return reply.json

    def council(self, count=34, names=None, name="Зразківська міська рада", language="uk", head="Романенко"):
        """The council's name, language and deputies; the vacancies of a roster that is not full are not made here."""
        table = roster(count, names, head)
        reply = self.daemon.control.request(
            "POST", f"/api/v1/halls/{self.hall}/roster?dry_run=no&seats={count}", body=table.encode(), headers={"Content-Type": "text/csv"})
        assert reply.status == 200, f"the roster: {reply.status} {reply.text}"
        return self

    def agenda(self, *titles):
        items = [{"item": f"i{n}", "number": str(n), "title": title, "rapporteur": "Левчук Ганна Романівна", "draft": f"П-{411 + n}"} for n, title in enumerate(titles, 1)]
        self.command("replace_agenda", items=items)

    def begin(self, *titles, present=30, title="Двадцять п’ята сесія"):
        """In session with `present` deputies and the head, before the first item."""
        self.command("schedule_sitting", title=title)
        self.agenda(*(titles or ("Про бюджет громади", "Про укриття")))
        self.command("open_sitting")
        # What is acknowledged is in the public state a moment later.
        everybody = wait_until(lambda: self.deputies, 20, "the deputies in the public state")
        self.command("register", deputies=[i for i in everybody if i != "head"][:present] + [i for i in everybody if i == "head"])
        return self

    def open_round(self, round, question="Прийняти в цілому", kind="whole", **more):
        self.command("plan_round", round=round, kind=kind, question=question, **more)
        self.command("open_round", round=round)

    def vote(self, round, **choices):
        """`vote("r1", yes=range(1, 21), no=[21])`"""
        for choice, deputies in choices.items():
            for number in deputies:
                self.command("cast_ballot", round=round, deputy=number if isinstance(number, str) else f"d{number}", choice=choice)

    def end_round(self, round):
        self.command("close_round", round=round)
        self.command("announce_round", round=round)

    @property
    def snapshot(self):
        reply = self.daemon.http.get(f"/api/v1/halls/{self.hall}/council")
        assert reply.status == 200, f"{reply.status} {reply.text}"
        return reply.json

    @property
    def deputies(self):
        found = self.snapshot["state"]["council"]["deputies"]
        return sorted(found, key=lambda i: found[i]["order"])
