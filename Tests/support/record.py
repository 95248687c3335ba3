"""A council in a test's daemon: its roster, a sitting, and who may do what."""

import json
import uuid
from pathlib import Path

from .wait import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
ROSTER = (ROOT / "config/demo/roster.csv").read_bytes()


class Council:
    """`Council(daemon)`: the hall's record by the control socket, as `cli:USER`; `as_token` and `as_session` come over TCP."""

    def __init__(self, daemon, hall="demo"):
        self.daemon, self.hall = daemon, hall
        self.path = f"/api/v1/halls/{hall}"

    # — doing —

    def send(self, command, headers=None, door=None, **fields):
        """One command; the reply. A fresh id unless one is given."""
        body = {"command": command, "id": str(uuid.uuid4()), **fields}
        return (door or self.daemon.control).post(f"{self.path}/commands", json=body, headers=headers)

    def do(self, command, **fields):
        """A command that must be taken."""
        reply = self.send(command, **fields)
        assert reply.status == 200, (command, fields, reply.status, reply.text)
        return reply.json

    def file(self, name, body, headers=None, door=None, **query):
        """Sends a file: `roster`, `agenda`, `rules`, `hall-system`."""
        asked = "&".join(f"{k}={v}" for k, v in query.items())
        return (door or self.daemon.control).request("POST", f"{self.path}/{name}?{asked}", body=body, headers=headers)

    def begin(self, sitting="s1", present=30, items=("i1",)):
        """The demo's roster, and an open sitting with some deputies in it."""
        reply = self.file("roster", ROSTER, seats=34)
        assert reply.status == 200, reply.text
        self.do("schedule_sitting", sitting=sitting, title="Дванадцята сесія")
        for number, item in enumerate(items, 1):
            self.do("add_item", sitting=sitting, item=item, number=str(number), title=f"Питання {number}")
        self.do("open_sitting", sitting=sitting)
        if present:
            self.do("register", deputies=[f"d{n}" for n in range(1, present + 1)])
        return self

    def open_round(self, round="r1", item="i1", **fields):
        self.do("plan_round", round=round, item=item, kind="whole", question="Прийняти в цілому", **fields)
        self.do("open_round", round=round)

    # — seeing —

    @property
    def snapshot(self):
        """What everybody sees, once it shows all that is on record: changes are published at most every 50 ms."""
        last = self.events[-1]["seq"]
        found = {}

        def shown():
            found.update(self.daemon.http.get(f"{self.path}/council").json)
            return found["seq"] >= last

        wait_until(shown, 20, lambda: f"event {last} is shown; it is {found.get('seq')}", interval=0.01)
        return found

    @property
    def state(self):
        return self.snapshot["state"]

    @property
    def record(self):
        """Everybody's copy, byte for byte."""
        return self.daemon.http.get(f"{self.path}/log").body

    @property
    def events(self):
        return [json.loads(line) for line in self.record.splitlines()[:-1]]

    # — who —

    def token(self, role, halls=None, name=None, days=1):
        body = {"name": name or f"{role} {uuid.uuid4()}", "role": role, "days": days}
        if halls:
            body["halls"] = halls
        reply = self.daemon.control.post("/api/v1/tokens", json=body)
        assert reply.status == 201, reply.text
        return reply.json

    def as_token(self, role, **options):
        """Header fields of a new token."""
        return {"Authorization": f"Bearer {self.token(role, **options)['token']}"}

    def as_session(self, role):
        """Header fields of a console session, as its page sends them."""
        reply = self.daemon.http.post("/api/v1/session", json={"token": self.token(role)["token"]})
        assert reply.status == 200, reply.text
        return {"Cookie": reply.headers["set-cookie"].partition(";")[0], "X-CSRF-Token": reply.json["csrf"]}


def denied(daemon):
    """`plenary_denied_total` by reason."""
    lines = [line for line in daemon.http.get("/metrics").text.splitlines() if line.startswith("plenary_denied_total{")]
    return {line.split('"')[1]: int(line.rsplit(" ", 1)[1]) for line in lines}
