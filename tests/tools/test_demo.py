"""`make demo` refuses early what would fail late."""

import socket
import subprocess
import sys

import pytest

from tools.demo import address, allowed_hosts
from tools.steps import ROOT


def demo(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tools.demo", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_taken_port_is_named_with_a_way_out_before_anything_is_installed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = demo("--port", str(port))
    assert told.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in told.stderr
    assert "make demo PORT=" in told.stderr
    assert told.stdout == ""


def test_a_port_that_cannot_be_is_refused() -> None:
    told = demo("--port", "123456")
    assert told.returncode == 1
    assert "123456" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_address_shown_is_one_that_a_browser_can_open() -> None:
    assert address("127.0.0.1", 8000) == "http://127.0.0.1:8000/"
    assert address("0.0.0.0", 8000) == "http://127.0.0.1:8000/"
    assert address("::1", 8000) == "http://[::1]:8000/"


def test_a_server_for_the_network_answers_to_the_name_of_its_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    assert allowed_hosts("127.0.0.1") == "127.0.0.1,localhost,[::1]"
    assert socket.gethostname() in allowed_hosts("0.0.0.0").split(",")
