"""A council for tests: its roster, its commands over the control socket, and the record checked without Plenary's own code."""

import hashlib
import json
import subprocess
import tempfile
import uuid
from pathlib import Path

from .wait import wait_until


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


def roster(deputies):
    """CSV of `d1`…`dN`, in two factions."""
    rows = ["id,family,given,seat,faction"]
    rows += [f"d{n},Депутат{n},Ім’я,{n},{'Громада' if n % 2 else 'Злагода'}" for n in range(1, deputies + 1)]
    return "\n".join(rows) + "\n"


class Council:
    """`Council(daemon.control, "demo")`: commands as `cli:USER`, who may do everything."""

    def __init__(self, door, hall):
        self.door, self.hall = door, hall
        self.last = 0

    def path(self, rest):
        return f"/api/v1/halls/{self.hall}/{rest}"

    def post(self, name, timeout=60, **fields):
        """Sends one command with an id of its own unless `id` is given; the reply, whatever it is."""
        fields.setdefault("id", str(uuid.uuid4()))
        return self.door.post(self.path("commands"), {"command": name, **fields}, timeout=timeout)

    def do(self, name, **fields):
        """The same, done; `Refused` when it was not."""
        reply = self.post(name, **fields)
        if reply.status != 200:
            raise Refused(name, reply)
        self.last = max(self.last, reply.json["last"])
        return reply.json

    def seat(self, deputies):
        """Imports a roster of so many deputies."""
        reply = self.door.request(
            "POST", self.path(f"roster?seats={deputies}"), body=roster(deputies).encode(), headers={"Content-Type": "text/csv"})
        if reply.status != 200:
            raise Refused("the roster", reply)

    def open(self, sitting="s1", deputies=12, items=2):
        """A sitting with everybody present and the first item before the council; everybody can see it."""
        self.seat(deputies)
        self.do("schedule_sitting", sitting=sitting, title=f"Засідання {sitting}")
        agenda = [{"item": f"i{n}", "number": str(n), "title": f"Питання {n}"} for n in range(1, items + 1)]
        self.do("replace_agenda", sitting=sitting, items=agenda)
        self.do("open_sitting", sitting=sitting)
        self.do("register", sitting=sitting, deputies=[f"d{n}" for n in range(1, deputies + 1)])
        self.do("take_up_item", sitting=sitting, item="i1")
        self.snapshot()

    def open_round(self, name, item="i1", kind="whole", **fields):
        self.do("plan_round", round=name, item=item, kind=kind, question=f"Питання {name}", **fields)
        self.do("open_round", round=name)

    def snapshot(self):
        """What everybody sees; it follows what was acknowledged here by a moment, which is waited for."""
        def shown():
            reply = self.door.get(self.path("council"))
            assert reply.status == 200, reply.text
            return reply.json if reply.json["seq"] >= self.last else None
        return wait_until(shown, 20, f"event {self.last} to be shown", interval=0.01)

    def log(self):
        """The record as everybody may have it: lines as bytes, the signed head apart."""
        reply = self.door.get(self.path("log"), timeout=120)
        assert reply.status == 200, reply.text[:400]
        *events, head = reply.body.rstrip(b"\n").split(b"\n")
        return events, head


# — the record, by docs/protocol.md alone —

def leaf(line):
    return hashlib.sha256(b"\x00" + line).digest()


def merkle_root(leaves):
    """RFC 9162 §2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + merkle_root(leaves[:split]) + merkle_root(leaves[split:])).digest()


def verify(events, head):
    """Checks sequence, chain, head and signature; returns the events as objects."""
    previous, objects = "0" * 64, []
    for number, line in enumerate(events, 1):
        event = json.loads(line)
        assert event["seq"] == number, f"event {event['seq']} stands where {number} should"
        assert event["prev"] == previous, f"event {number} does not follow from the one before it"
        previous = leaf(line).hex()
        objects.append(event)
    head = json.loads(head)
    assert head["seq"] == len(events) and head["leaf"] == previous, f"the head is of event {head['seq']}, the record has {len(events)}"
    assert head["root"] == merkle_root([leaf(line) for line in events]).hex(), "the head's root is another"
    verify_signature(head)
    return objects


def verify_signature(head):
    words = "plenary head v1\n" + "".join(f"{name} {head[name]}\n" for name in ("log", "seq", "at", "leaf", "root", "key"))
    # SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4).
    key = bytes.fromhex("302a300506032b6570032100") + bytes.fromhex(head["key"])
    with tempfile.TemporaryDirectory(prefix="plenary-head-") as folder:
        names = {name: Path(folder) / name for name in ("key", "words", "signature")}
        names["key"].write_bytes(key)
        names["words"].write_bytes(words.encode())
        names["signature"].write_bytes(bytes.fromhex(head["signature"]))
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names["key"], "-rawin", "-in", names["words"],
             "-sigfile", names["signature"]], capture_output=True, text=True)
    assert done.returncode == 0, f"the head is not signed by its key: {done.stdout}{done.stderr}"
