"""Ballots without end, and what became of each: the load of the tests that kill the daemon in the middle of it."""

import http.client
import random
import threading
import uuid
from dataclasses import dataclass, field

from .council import Council, Refused

GONE = (OSError, http.client.HTTPException)


@dataclass
class Job:
    """A command that is sent until it was answered, always under the same id."""
    name: str
    fields: dict
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answer: dict = None
    repeats: int = 0
    sitting: str = ""


class Voting:
    """Sittings of `rounds` rounds in which everybody votes. `run(daemon)` works until the daemon is gone or `enough()`."""

    def __init__(self, hall, deputies=60, rounds=20, seed=0):
        self.hall, self.deputies, self.rounds = hall, deputies, rounds
        self.random = random.Random(seed)
        self.lock = threading.Condition()
        self.sitting, self.round = 0, 0
        self.ballots, self.steps = [], []
        self.waiting, self.outstanding = [], 0
        self.failure = None
        self._next_round(first=True)

    # — what comes next —

    def _step(self, name, **fields):
        job = Job(name, fields, sitting=f"s{self.sitting}")
        self.steps.append(job)
        self.waiting.append([job])

    def _next_round(self, first=False):
        """Puts the change to the next round, one step after the other, and then its ballots at the end of what waits."""
        if not first:
            self._step("close_round", round=f"r{self.round}")
        if first or self.round == self.rounds:
            if not first:
                self._step("close_sitting")
            self.sitting, self.round = self.sitting + 1, 0
            self._step("schedule_sitting", sitting=f"s{self.sitting}", title=f"Засідання {self.sitting}")
            self._step("replace_agenda", sitting=f"s{self.sitting}", items=[{"item": "i1", "number": "1", "title": "Питання"}])
            self._step("open_sitting", sitting=f"s{self.sitting}")
            self._step("register", deputies=[f"d{n}" for n in range(1, self.deputies + 1)])
        self.round += 1
        self._step("plan_round", round=f"r{self.round}", item="i1", kind="whole", question=f"Питання {self.round}")
        self._step("open_round", round=f"r{self.round}")
        choices = [Job("cast_ballot", {
            "round": f"r{self.round}", "deputy": f"d{n}", "choice": self.random.choice(("yes", "no", "abstain"))
        }, sitting=f"s{self.sitting}") for n in range(1, self.deputies + 1)]
        self.random.shuffle(choices)
        self.ballots += choices
        self.waiting.append(choices)

    def _take(self):
        """A job, or `None` while those that others have must be answered first."""
        while True:
            if not self.waiting:
                self._next_round()
            if self.waiting[0]:
                return self.waiting[0].pop()
            if self.outstanding:
                return None
            self.waiting.pop(0)

    # — work —

    def run(self, daemon, workers, enough):
        """Returns when every worker saw the daemon go, or `enough()` said so."""
        threads = [threading.Thread(target=self._work, args=(daemon, enough), daemon=True) for _ in range(workers)]
        for thread in threads:
            thread.start()
        return threads

    def _work(self, daemon, enough):
        council = Council(daemon, self.hall)
        while self.failure is None and not enough():
            with self.lock:
                job = self._take()
                if job is None:
                    self.lock.wait(0.05)
                    continue
                self.outstanding += 1
                group = self.waiting[0]
            try:
                answer = council.do(job.name, id=job.id, **job.fields)
            except GONE:
                with self.lock:
                    job.repeats += 1
                    group.append(job)
                    self.outstanding -= 1
                    self.lock.notify_all()
                return
            except Refused as refusal:
                with self.lock:
                    self.failure = refusal
                    self.outstanding -= 1
                    self.lock.notify_all()
                return
            with self.lock:
                job.answer = answer
                self.outstanding -= 1
                self.lock.notify_all()

    # — what must be true —

    @property
    def acknowledged(self):
        with self.lock:
            return [job for job in self.ballots + self.steps if job.answer is not None]

    def check_state(self, state):
        """Every acknowledged ballot of the round that is open is in the state."""
        open_round = state.get("open_round")
        if open_round is None or state["sitting"]["id"] != f"s{self.sitting}":
            return
        there = state["rounds"]["by_id"][open_round].get("ballots", {})
        for job in self.acknowledged:
            if job.name == "cast_ballot" and job.sitting == state["sitting"]["id"] and job.fields["round"] == open_round:
                assert there.get(job.fields["deputy"]) == job.fields["choice"], f"the ballot of {job.fields} was acknowledged and is lost"

    def check_record(self, events):
        """Every acknowledged command is in the record where its answer said, and no ballot is there twice."""
        by_command, cast = {}, set()
        for event in events:
            by_command.setdefault(event["command"], []).append(event)
            ballot = event["fact"].get("ballot_cast")
            if ballot:
                place = (event["sitting"], ballot["round"], ballot["deputy"])
                assert place not in cast, f"{place} is in the record twice"
                cast.add(place)
        for job in self.acknowledged:
            found = by_command.get(job.id)
            assert found, f"{job.name} {job.fields} was acknowledged as {job.answer} and is not in the record"
            assert (found[0]["seq"], found[-1]["seq"]) == (job.answer["first"], job.answer["last"]), f"{job.answer}, but {found}"
            if job.name == "cast_ballot":
                assert len(found) == 1 and found[0]["fact"]["ballot_cast"] == {
                    "round": job.fields["round"], "deputy": job.fields["deputy"], "choice": job.fields["choice"]}
        asked = {job.id for job in self.ballots + self.steps}
        for command, found in by_command.items():
            if command not in asked:
                assert not any("ballot_cast" in event["fact"] for event in found), f"nobody asked for {found}"
