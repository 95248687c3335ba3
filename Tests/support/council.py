"""A council in a test's daemon, as a client of docs/http.md has it: commands, files, what everybody sees, and who may do what."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

from .daemon import ROOT
from .wait import wait_until

#: The demo's: `d1`…`d34` and `head`.
ROSTER = (ROOT / "config/demo/roster.csv").read_bytes()
FACTIONS = ["Громада", "Злагода", "Нове місто"]


_voters = ThreadPoolExecutor(8, thread_name_prefix="voter")


class Refused(AssertionError):
    """A command that was refused; `problem` is the RFC 9457 body."""

    def __init__(self, command, reply):
        self.status = reply.status
        try:
            self.problem = reply.json
        except ValueError:
            self.problem = {}
        super().__init__(f"{command} was answered {reply.status}: {reply.text[:600]}")

    @property
    def code(self):
        return self.problem.get("code")


def roster(count, names=None, head="Романенко"):
    """CSV of `d1`…`d{count}` in three factions and a few without, and of the head; `names(i)` gives family and given name."""
    names = names or (lambda i: (f"Депутат{i}", "Ім’я"))
    lines = ["id;family;given;gender;seat;faction;role"]
    for i in range(1, count + 1):
        family, given = names(i)
        faction = FACTIONS[min(len(FACTIONS) - 1, (i - 1) * len(FACTIONS) // count)] if i <= count - count // 10 else ""
        lines.append(f"d{i};{family};{given};{'f' if i % 2 else 'm'};{i};{faction};")
    if head:
        lines.append(f"head;{head};Галина;f;;;head")
    return "\n".join(lines) + "\n"


class Council:
    """`Council(daemon)`: over the control socket, as `cli:USER`, who may do everything; `as_token` and `as_session` come over TCP.

    It remembers nothing of its own: several of them, the command line and a browser may work on one hall.
    Without a name it is the hall that the daemon was lent with (`daemon.hall`), else `demo`.
    """

    def __init__(self, daemon, hall=None):
        self.daemon, self.hall = daemon, hall or getattr(daemon, "hall", "demo")
        self.path = f"/api/v1/halls/{self.hall}"

    # — doing —

    def send(self, command, headers=None, door=None, timeout=60, **fields):
        """One command; the reply, whatever it is. A fresh id unless one is given."""
        body = {"command": command, "id": str(uuid.uuid4()), **fields}
        return (door or self.daemon.control).post(f"{self.path}/commands", json=body, headers=headers, timeout=timeout)

    def do(self, command, **fields):
        """A command that must be taken, or `Refused`; the answer."""
        reply = self.send(command, **fields)
        if reply.status != 200:
            raise Refused(f"{command} {fields}", reply)
        return reply.json

    def file(self, name, body, headers=None, door=None, **query):
        """Sends a file: `roster`, `agenda`, `rules`, `hall-system`; the reply."""
        asked = "&".join(f"{k}={v}" for k, v in query.items())
        return (door or self.daemon.control).request("POST", f"{self.path}/{name}?{asked}", body=body, headers=headers)

    def take(self, name, body, **query):
        """A file that must be taken."""
        reply = self.file(name, body.encode() if isinstance(body, str) else body, **query)
        if reply.status != 200:
            raise Refused(f"the {name}", reply)
        return reply.json

    def import_roster(self):
        """The demo's deputies."""
        return self.take("roster", ROSTER, seats=34)

    def seat(self, count=34, names=None, head="Романенко"):
        """So many deputies, and the head."""
        self.take("roster", roster(count, names, head), seats=count)
        return self

    def convene(self, sitting="s1", deputies=None, items=2, present=None, take_up="i1"):
        """An open sitting with an item before it: of the demo's council, or of one with so many deputies. The first `present` are there, or all."""
        if deputies is None:
            self.import_roster()
        else:
            self.seat(deputies)
        self.schedule(sitting, items)
        self.do("open_sitting", sitting=sitting)
        self.do("register", sitting=sitting, deputies=self.people[:present])
        if take_up:
            self.do("take_up_item", sitting=sitting, item=take_up)
        assert self.snapshot, "everybody sees it"
        return self

    def schedule(self, sitting="s1", items=2):
        self.do("schedule_sitting", sitting=sitting, title=f"Двадцять п’ята сесія, {sitting}")
        agenda = [{"item": f"i{n}", "number": str(n), "title": f"Питання {n}", "rapporteur": "Левчук Ганна"} for n in range(1, items + 1)]
        self.do("replace_agenda", sitting=sitting, items=agenda)
        return self

    def open_round(self, round="r1", question="Прийняти в цілому", kind="whole", **more):
        """Planned and opened; on the first item unless another is named."""
        if kind != "registration":
            more.setdefault("item", "i1")
        self.do("plan_round", round=round, kind=kind, question=question, **more)
        self.do("open_round", round=round)
        return self

    def cast(self, round, ballots, **fields):
        """Pairs of deputy and choice, side by side as in a hall: in which order they come on record is left to the daemon."""
        list(_voters.map(lambda ballot: self.do("cast_ballot", round=round, deputy=ballot[0], choice=ballot[1], **fields), ballots))

    # — seeing —

    @property
    def _public(self):
        """The public door, unless it is one with TLS."""
        return self.daemon.control if "tls" in self.daemon.settings else self.daemon.http

    @property
    def snapshot(self):
        """What everybody sees, once it shows all that is on record: the public state follows an acknowledgement by some 50 ms."""
        last = len(self.log()[0])

        def shown():
            reply = self._public.get(f"{self.path}/council")
            assert reply.status == 200, f"{reply.status} {reply.text}"
            return reply.json if reply.json["seq"] >= last else None

        return wait_until(shown, 20, f"event {last} to be shown", interval=0.01)

    @property
    def state(self):
        return self.snapshot["state"]

    @property
    def people(self):
        """The ids of the deputies in the roster's order, the head last."""
        found = self.state["council"]["deputies"]
        return sorted(found, key=lambda one: (one == "head", found[one]["order"]))

    @property
    def record(self):
        """Everybody's copy of the record, byte for byte."""
        reply = self._public.get(f"{self.path}/log", timeout=120)
        assert reply.status == 200, f"{reply.status} {reply.text[:400]}"
        return reply.body

    def log(self):
        """The record's lines as bytes, and its signed head: what `record.verify` checks."""
        *events, head = self.record.rstrip(b"\n").split(b"\n")
        return events, head

    @property
    def events(self):
        return [json.loads(line) for line in self.log()[0]]

    @property
    def facts(self):
        """The kinds of all events on record, in order."""
        return [next(iter(event["fact"])) for event in self.events]

    # — who —

    def token_made(self, role, name=None, days=2, **more):
        """A new token and all that is known of it; `halls` limits it."""
        reply = self.daemon.control.post("/api/v1/tokens", json={"name": name or f"{role} {uuid.uuid4()}", "role": role, "days": days, **more})
        assert reply.status == 201, f"{reply.status} {reply.text}"
        return reply.json

    def token(self, role, **more):
        """The secret of a new token."""
        return self.token_made(role, **more)["token"]

    def revoke(self, token):
        reply = self.daemon.control.request("DELETE", f"/api/v1/tokens/{token['id']}")
        assert reply.status == 204, f"revoking: {reply.status} {reply.text}"

    def as_token(self, role, **more):
        """Header fields of a new token."""
        return {"Authorization": f"Bearer {self.token(role, **more)}"}

    def as_session(self, role):
        """Header fields of a console session, as its page sends them."""
        reply = self.daemon.http.post("/api/v1/session", json={"token": self.token(role)})
        assert reply.status == 200, reply.text
        return {"Cookie": reply.headers["set-cookie"].partition(";")[0], "X-CSRF-Token": reply.json["csrf"]}


def denied(daemon):
    """`plenary_denied_total` by reason."""
    lines = [line for line in daemon.http.get("/metrics").text.splitlines() if line.startswith("plenary_denied_total{")]
    return {line.split('"')[1]: int(line.rsplit(" ", 1)[1]) for line in lines}
