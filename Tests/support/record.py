"""The record checked by docs/protocol.md alone, without Plenary's own code."""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path


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
