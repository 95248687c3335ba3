"""The API against its own description: requests made from web/openapi.json, and answers held against it.

The requests are the same in every run. What the daemon answers must be described there: its status, its content type and its body.
"""

import json
import re

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from Tests.support.council import Council
from Tests.support.daemon import ROOT, Daemon

ROLES = {"council": "secretary", "streams": "operator", "keys": "admin", "daemon": "admin"}
EXAMPLES = 15
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def daemon():
    with Daemon([{"name": "demo", "camera": "test:?size=320x180", "autostart": False}]) as daemon:
        Council(daemon).convene(present=30, items=1).open_round()
        yield daemon


@pytest.fixture(scope="module")
def tokens(daemon):
    council = Council(daemon)
    return {role: council.token(role) for role in set(ROLES.values())}


@pytest.fixture(scope="module")
def api(daemon):
    document = daemon.http.get("/openapi.json").json
    for path, methods in document["paths"].items():
        for operation in methods.values():
            # A log that ends: wrong queries too would else be followed for ever.
            operation["parameters"] = [one for one in operation.get("parameters", []) if one.get("name") != "follow"]
        for parameter in (p for operation in methods.values() for p in operation["parameters"]):
            if path.endswith("/stream/{command}") and parameter.get("name") == "command":
                parameter["schema"]["enum"].remove("probe")
    # The hall that is there, mostly.
    document["components"]["parameters"]["hall"]["schema"] = {"type": "string", "enum": ["demo", "demo", "none"]}
    return schemathesis.openapi.from_dict(document)


DOCUMENT = json.loads((ROOT / "web/openapi.json").read_text())
OPERATIONS = [
    (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
    if re.match("/(api/|openapi|healthz|readyz|metrics)", path)]


def asks_something(method, path):
    """Whether a request has a body or a query, which a client may get wrong."""
    operation = DOCUMENT["paths"][path][method.lower()]
    parameters = [DOCUMENT["components"]["parameters"][p["$ref"].rsplit("/", 1)[1]] if "$ref" in p else p for p in operation.get("parameters", [])]
    return "requestBody" in operation or any(p["in"] == "query" for p in parameters)


CASES = [
    pytest.param(method, path, mode, id=f"{method}-{path}-{mode.value}") for method, path in OPERATIONS for mode in schemathesis.GenerationMode
    if mode == schemathesis.GenerationMode.POSITIVE or asks_something(method, path)]
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck))


def call(case, daemon, tokens):
    role = ROLES.get(case.operation.definition.raw["tags"][0])
    headers = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
    return case.call(base_url=daemon.url, headers=headers, timeout=30)


@pytest.mark.parametrize("method,path,mode", CASES)
def test_answers_are_as_described(api, daemon, tokens, method, path, mode):
    """`positive`: requests that the description allows; `negative`: ones that it does not, where it says what may come."""
    operation = api[path][method]

    @SETTINGS
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        response = call(case, daemon, tokens)
        case.validate_response(response, checks=CHECKS)

    ask()
    assert daemon.process.poll() is None


def test_every_example_of_a_command_is_answered_as_described(daemon):
    """Each example gets an answer or a refusal of the sitting, never a fault of its form."""
    council = Council(daemon)
    operation = daemon.http.get("/openapi.json").json["paths"]["/api/v1/halls/{hall}/commands"]["post"]
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    assert len(examples) > 30
    for name, example in examples.items():
        reply = daemon.control.post(f"{council.path}/commands", json=example["value"])
        assert str(reply.status) in operation["responses"], (name, reply.text)
        assert reply.status == 200 or reply.json["code"] not in ("bad_input", "bad_text", "bad_number"), (name, reply.text)


def test_every_guarded_route_says_401_to_a_stranger(daemon):
    document = daemon.http.get("/openapi.json").json
    count = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if not operation["security"]:
                continue
            count += 1
            target = re.sub(r"\{.*?\}", "demo", path).replace("/stream/demo", "/stream/stop")
            reply = daemon.http.request(method.upper(), target, body=json.dumps({}) if method == "post" else None)
            assert reply.status == 401 and reply.headers["www-authenticate"].startswith("Bearer"), (method, target, reply.status)
            assert reply.headers["content-type"] == "application/problem+json"
    assert count >= 14
