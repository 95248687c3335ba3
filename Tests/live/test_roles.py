"""Roles, tokens and sessions over real sockets: who may do what, and what becomes of those who may not."""

import http.client
import os
import pwd
import re
import stat

import pytest

from Tests.support.council import Council, denied
from Tests.support.daemon import Daemon
from Tests.support.wait import wait_until

ROLES = ["operator", "secretary", "voting-system", "display", "admin"]
BALLOT = {"command": "cast_ballot", "round": "none", "deputy": "d1", "choice": "yes"}
SAMPLE = [  # what is asked, and the roles that may
    ("POST", "/api/v1/halls/demo/commands", {"command": "open_round", "round": "none"}, {"secretary"}),
    ("POST", "/api/v1/halls/demo/commands", {"command": "annul_round", "round": "none", "reason": "x"}, {"secretary"}),
    ("POST", "/api/v1/halls/demo/commands", BALLOT, {"secretary", "voting-system"}),
    ("POST", "/api/v1/halls/demo/roster?dry_run=yes", {}, {"secretary"}),
    ("POST", "/api/v1/halls/demo/hall-system?dry_run=yes", {}, {"secretary", "voting-system"}),
    ("GET", "/api/v1/halls/demo/stream", None, {"operator"}),
    ("POST", "/api/v1/halls/demo/stream/hide", None, {"operator"}),
    ("GET", "/api/v1/tokens", None, {"admin"}),
    ("POST", "/api/v1/reload", None, {"admin"}),
    ("GET", "/api/v1/logs?last=1", None, {"admin"}),
]


@pytest.fixture(scope="module")
def daemon():
    with Daemon([{"name": "demo", "camera": "test:?size=320x180", "autostart": False}, {"name": "other", "camera": "test:?size=320x180", "autostart": False}]) as daemon:
        Council(daemon).convene(present=30)
        yield daemon


@pytest.fixture
def council(daemon):
    return Council(daemon)


def ask(daemon, method, path, body, headers):
    if method == "GET":
        return daemon.http.get(path, headers=headers)
    return daemon.http.post(path, json=body, headers=headers)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_is_its_own(daemon, council, role):
    for headers in (council.as_token(role), council.as_session(role)):
        for method, path, body, roles in SAMPLE:
            record, before = council.record, denied(daemon)["role"]
            reply = ask(daemon, method, path, body, headers)
            if role in roles:
                assert reply.status not in (401, 403), (role, path, reply.text)
            else:
                assert reply.status == 403 and reply.json["code"] == "role_missing", (role, path, reply.status, reply.text)
                assert any(allowed in reply.json["detail"] for allowed in roles)
                assert denied(daemon)["role"] == before + 1 and council.record == record
        for path in ("/api/v1/halls", "/api/v1/halls/demo/council", "/api/v1/halls/demo/log"):
            assert daemon.http.get(path, headers=headers).status == 200


def test_a_token_for_one_hall_is_for_no_other(daemon, council):
    headers = council.as_token("secretary", halls=["other"])
    reply = council.send("post_notice", headers=headers, door=daemon.http, text="x")
    assert reply.status == 403 and reply.json["code"] == "other_hall"
    reply = Council(daemon, "other").send("schedule_sitting", headers=headers, door=daemon.http, sitting="s1", title="Інша зала")
    assert reply.status == 200, reply.text


def test_a_stranger_is_denied_logged_and_counted(daemon, council):
    before = denied(daemon)
    reply = council.send("open_round", door=daemon.http, round="r1")
    assert reply.status == 401 and reply.headers["www-authenticate"].startswith("Bearer")
    reply = daemon.http.get("/api/v1/halls?token=plenary_geheim")
    assert reply.status == 400 and reply.json["code"] == "token_in_url" and "Bearer" in reply.json["detail"]
    after = denied(daemon)
    assert after["no-token"] == before["no-token"] + 1 and after["token-in-url"] == before["token-in-url"] + 1
    wait_until(lambda: any("/api/v1/halls/demo/commands" in line for line in daemon.log_lines("denied: nobody")), 20, "the log line")
    assert "geheim" not in daemon.log


def test_the_record_names_who_asked(daemon, council):
    name = "Секретар Анна"
    headers = council.as_token("secretary", name=name)
    assert council.send("post_notice", headers=headers, door=daemon.http, text="Від Анни").status == 200
    assert council.events[-1]["by"] == name
    council.do("clear_notice")
    assert council.events[-1]["by"] == "cli:" + pwd.getpwuid(os.getuid()).pw_name


def test_a_revoked_token_is_over_at_once(daemon, council):
    made = council.token_made("admin")
    headers = {"Authorization": f"Bearer {made['token']}"}
    session = daemon.http.post("/api/v1/session", json={"token": made["token"]})
    cookie = {"Cookie": session.headers["set-cookie"].partition(";")[0]}
    # It follows the log while it is revoked.
    host, port = daemon.address.split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    connection.request("GET", "/api/v1/logs?last=1&follow=yes", headers=headers)
    response = connection.getresponse()
    assert response.status == 200
    assert daemon.control.request("DELETE", f"/api/v1/tokens/{made['id']}").status == 204
    assert response.read() is not None, "the answer ends"
    assert daemon.http.get("/api/v1/tokens", headers=headers).status == 401
    assert daemon.http.get("/api/v1/session", headers=cookie).status == 401
    assert made["id"] not in daemon.control.get("/api/v1/tokens").text


def test_secrets_are_nowhere_on_the_disk(daemon, council):
    made = council.token_made("display")
    path = daemon.state / "keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for file in [path, *daemon.state.rglob("*.sqlite"), daemon.log_path]:
        assert made["token"].encode() not in file.read_bytes(), file
    assert made["token"] not in daemon.control.get("/api/v1/tokens").text


def test_tokens_and_sessions_survive_kill_9():
    with Daemon([{"name": "demo", "camera": "test:?size=320x180", "autostart": False}]) as daemon:
        council = Council(daemon)
        token, session, gone = council.as_token("secretary"), council.as_session("secretary"), council.token_made("admin")
        assert daemon.control.request("DELETE", f"/api/v1/tokens/{gone['id']}").status == 204
        daemon.kill9()
        daemon.start()
        assert council.send("schedule_sitting", headers=token, door=daemon.http, sitting="a", title="А").status == 200
        assert council.send("schedule_sitting", headers=session, door=daemon.http, sitting="b", title="Б").status == 200
        assert daemon.http.get("/api/v1/tokens", headers={"Authorization": f"Bearer {gone['token']}"}).status == 401


def test_the_first_start_prints_a_code_that_works_once():
    with Daemon([{"name": "demo", "camera": "test:?size=320x180", "autostart": False}]) as daemon:
        line = wait_until(lambda: daemon.log_lines("opens once with the code"), 20, "the code")
        code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", line[0])[0]
        # stdout has it and the log has not: `plenary logs` shows it to nobody.
        assert code not in daemon.control.get("/api/v1/logs?last=1000").text
        reply = daemon.http.post("/api/v1/session", json={"code": code})
        assert reply.status == 200 and set(reply.json["roles"]) == {"operator", "secretary", "admin"}
        assert "HttpOnly" in reply.headers["set-cookie"] and "SameSite=Strict" in reply.headers["set-cookie"]
        assert daemon.http.post("/api/v1/session", json={"code": code}).status == 401
        headers = {"Cookie": reply.headers["set-cookie"].partition(";")[0], "X-CSRF-Token": reply.json["csrf"]}
        council = Council(daemon)
        assert council.send("schedule_sitting", headers=headers, door=daemon.http, sitting="s1", title="Перша").status == 200
        assert daemon.http.get("/api/v1/tokens", headers=headers).status == 200
        daemon.restart()
        assert len(daemon.log_lines("opens once with the code")) == 1


def test_guessing_ends_in_a_wait():
    with Daemon([{"name": "demo", "camera": "test:?size=320x180", "autostart": False}]) as daemon:
        statuses = [daemon.http.post("/api/v1/session", json={"code": f"0000-0000-{n:04}"}).status for n in range(12)]
        assert set(statuses[:8]) == {401} and statuses[8] == 429, statuses
        reply = daemon.http.post("/api/v1/session", json={"code": "0000-0000-0000"})
        assert reply.status == 429 and int(reply.headers["retry-after"]) >= 1
        assert denied(daemon)["locked"] >= 2
