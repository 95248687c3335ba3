"""The command line against the real program: exit codes, what it says, what it leaves alone."""

import json
import os
import signal
import socket
import subprocess
import threading

import pytest

from Tests.support.daemon import Daemon, plenary_binary
from Tests.support.ports import free_port
from Tests.support.wait import wait_until

SECRET = "geheim-4711"


def run(*arguments, environment=None, **options):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PLENARY_")}
    return subprocess.run(
        [str(plenary_binary()), *map(str, arguments)], capture_output=True, text=True, timeout=180, env={**clean, **(environment or {})}, **options)


@pytest.fixture
def config(tmp_path):
    def write(halls, **settings):
        path = tmp_path / "plenary.yaml"
        path.write_text(json.dumps({"listen": f"127.0.0.1:{free_port()}", "events": {"listen": f"127.0.0.1:{free_port()}"}, "state": str(tmp_path / "state"), "halls": halls, **settings}))
        path.chmod(0o640)
        return path
    return write


@pytest.mark.parametrize("arguments", [["strem"], ["serve", "--port", "1"], ["stream", "start"], ["stream", "slate", "a", "maybe"], ["stream", "stop", "../x"]])
def test_wrong_arguments_are_64(arguments):
    assert run(*arguments).returncode == 64


def test_no_daemon_is_69_and_names_the_remedy(tmp_path):
    for command in (["stream", "list"], ["stream", "start", "a"], ["reload"], ["logs"]):
        done = run(*command, "--state", tmp_path)
        assert done.returncode == 69, done
        assert f"no daemon answers at {tmp_path}/control.sock" in done.stderr and "plenary serve" in done.stderr


def test_every_fault_of_a_configuration_is_78(config):
    done = run("serve", "--config", config([{"name": "A", "camera": f"ftp://u:{SECRET}@h"}, {"name": "b", "camera": "test:", "partDuraton": 1}]))
    assert done.returncode == 78, done
    assert len(done.stderr.splitlines()) == 4, done.stderr
    assert "halls[0].name" in done.stderr and "halls[0].camera" in done.stderr and "did you mean `partDuration`?" in done.stderr
    assert SECRET not in done.stderr
    assert run("serve", "--config", "/nowhere.yaml").returncode == 78


def test_two_daemons_never_share_a_state_folder():
    with Daemon([{"name": "a", "camera": "test:?size=320x180", "autostart": False}]) as daemon:
        done = run("serve", "--config", daemon.config, "--listen", f"127.0.0.1:{free_port()}")
        assert done.returncode == 75 and f"process {daemon.pid}" in done.stderr, done
        assert daemon.cli("stream", "list").code == 0


def test_an_address_in_use_is_75_and_check_says_by_whom(config):
    path = config([{"name": "a", "camera": "test:?size=320x180", "autostart": False}])
    address = json.loads(path.read_text())["listen"]
    with socket.create_server(("127.0.0.1", int(address.split(":")[1]))):
        done = run("serve", "--config", path)
        assert done.returncode == 75 and address in done.stderr, done
        check = run("check", "--no-cameras", "--config", path)
        assert check.returncode == 1 and f"process {os.getpid()}" in check.stdout, check


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become somebody else")
def test_a_stranger_is_77():
    with Daemon([{"name": "a", "camera": "test:?size=320x180", "autostart": False}]) as daemon:
        os.chmod(daemon.state, 0o755)
        done = run("stream", "list", "--state", daemon.state, user="nobody", group="nogroup", extra_groups=[])
        assert done.returncode == 77 and "no permission" in done.stderr, done


def test_check_describes_a_camera_and_finds_one_that_is_not_there(config):
    done = run("check", "--config", config([{"name": "a", "camera": "test:?size=640x360"}, {"name": "b", "camera": f"rtsp://u:{SECRET}@127.0.0.1:9/x"}]))
    assert done.returncode == 1, done
    assert "640×360" in done.stdout and "25 fps" in done.stdout and "GOP 2.0 s" in done.stdout
    assert "127.0.0.1:9" in done.stdout and SECRET not in done.stdout + done.stderr
    found = json.loads(run("check", "--json", "--no-cameras", "--config", config([{"name": "a", "camera": "test:"}])).stdout)["findings"]
    assert {f["subject"] for f in found} >= {"config", "disk", "port", "pages"} and {f["grade"] for f in found} <= {"ok", "warning"}


def test_a_world_readable_secret_is_a_warning(config):
    path = config([{"name": "a", "camera": f"rtsp://u:{SECRET}@127.0.0.1:9/x"}])
    path.chmod(0o644)
    done = run("check", "--no-cameras", "--config", path)
    assert done.returncode == 0 and "every user of this machine can read it" in done.stdout, done


def test_a_watched_status_is_a_line_a_second_and_ends_with_its_reader():
    with Daemon([{"name": "a", "camera": "test:?size=320x180"}]) as daemon:
        daemon.wait_live("a")
        watch = subprocess.Popen(
            [str(plenary_binary()), "stream", "status", "a", "--watch", "--state", str(daemon.state)], stdout=subprocess.PIPE, text=True)
        lines = [watch.stdout.readline() for _ in range(3)]
        assert all(" a  live  on air: camera " in line and "fps" in line for line in lines), lines
        watch.stdout.close()
        assert watch.wait(60) == 0


def test_followed_logs_come_as_they_are_written():
    with Daemon([{"name": "a", "camera": "test:?size=320x180", "autostart": False}]) as daemon:
        follow = subprocess.Popen(
            [str(plenary_binary()), "logs", "-f", "-n", "0", "--json", "--state", str(daemon.state)], stdout=subprocess.PIPE, text=True,
            # a suite that runs in the background has Ctrl-C ignored, and children inherit that
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        seen = []
        threading.Thread(target=lambda: seen.extend(iter(follow.stdout.readline, "")), daemon=True).start()

        def told():
            daemon.cli("reload")
            # A reload writes two lines, and the following may begin between them.
            return next((line for line in map(json.loads, list(seen)) if line["level"] == "notice" and "read again" in line["message"]), None)
        assert wait_until(told, 30, lambda: f"the followed line of a reload: {seen}")["at"] > 1.7e12
        follow.send_signal(signal.SIGINT)
        follow.wait(60)


def test_a_second_sigterm_leaves_at_once():
    with Daemon([{"name": "a", "camera": "test:?size=320x180"}]) as daemon:
        daemon.wait_live("a")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.process.send_signal(signal.SIGTERM)
        code = daemon.process.wait(60)
        # Both within one moment may be one signal, or the first is done already.
        assert code in (0, 128 + signal.SIGTERM), code
        daemon.expect_code = code


def test_systemd_is_told_when_the_doors_are_open(tmp_path):
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(60)
        with Daemon([{"name": "a", "camera": "test:?size=320x180", "autostart": False}], environment={"NOTIFY_SOCKET": str(path)}) as daemon:
            assert manager.recv(4096).startswith(b"READY=1\n")
            daemon.terminate()
            assert manager.recv(4096).startswith(b"STOPPING=1\n")


def test_json_log_lines_are_objects():
    with Daemon([{"name": "a", "camera": "test:?size=320x180", "autostart": False}], settings={"log": {"format": "json", "access": True}}) as daemon:
        daemon.http.get("/healthz?key=geheim")
        wait_until(lambda: "path=/healthz " in daemon.log, 20, lambda: f"the request's line in {daemon.log}")
        lines = [line for line in daemon.log.splitlines() if not line.startswith(("Plenary is on ", "The console opens "))]
        assert lines and all({"at", "level", "message"} <= json.loads(line).keys() for line in lines)
        [request] = [json.loads(line)["message"] for line in lines if "path=/healthz " in line]
        for field in ("method=GET", "status=200", "bytes=", "ms=", "peer=127.0.0.1"):
            assert field in request, request
        assert "geheim" not in daemon.log
