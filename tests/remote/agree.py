#!/usr/bin/env python3
"""Trains on servers of this machine and compares with local training; then kills servers during a run.

    agree.py EMBERLAB_THAT_SERVES EMBERLAB_ON_SERVERS
"""
import csv
import json
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from random_images import write_random_images  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CONFIG = ROOT / "configs" / "lab" / "cifar10-mlp-manual.toml"
ONE_SERVER, TWO_SERVERS = 1e-5, 1e-4
# A server that is gone is found out within this time.
LIMIT_SECONDS = 90
# Seconds that anything else may take.
PATIENCE = 300


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, emberlab, port=None):
        self.port = port or free_port()
        self.process = subprocess.Popen([emberlab, "serve", "--port", str(self.port), "--expose"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.1)
        self.kill()
        raise AssertionError("the server does not listen")

    @property
    def address(self):
        return f"ws://127.0.0.1:{self.port}"

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        if how != signal.SIGSTOP:
            self.process.wait(PATIENCE)


def losses(run):
    with open(run / "metrics.csv") as file:
        return [(row["split"], int(row["iteration"]), float(row["value"])) for row in csv.DictReader(file)
                if row["metric"] == "loss"]


def start(emberlab, folder, name, *more):
    command = [emberlab, "train", CONFIG, "--name", name, "--dashboard", "none", *more]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process, seconds):
    """Waits until a process ends and returns its errors; kills it when it takes longer."""
    try:
        return process.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"still running after {seconds} s: {process.communicate(timeout=PATIENCE)}")


def train(emberlab, folder, name, *more):
    began = time.monotonic()
    process = start(emberlab, folder, name, *more)
    said = ended(process, PATIENCE)
    assert process.returncode == 0, (process.returncode, said)
    return losses(folder / "artifacts" / name), time.monotonic() - began


def compare(what, expected, trained, tolerance):
    found, seconds = trained
    assert [row[:2] for row in expected] == [row[:2] for row in found], what
    difference = max(abs(a[2] - b[2]) for a, b in zip(expected, found))
    print(f"{what:24} {difference:8.1e}  {seconds:6.1f} s", flush=True)
    assert difference <= tolerance, f"{what}: {difference} is more than {tolerance}"


def kill_in_the_middle(emberlab, serves, folder, name, servers, how):
    """One of the servers goes while training; the run says so, and goes on when it is back."""
    addresses = ",".join(server.address for server in servers)
    process = start(emberlab, folder, name, "--remote", addresses, "--set", "training.checkpoint.every_minutes=0.005")
    metrics = folder / "artifacts" / name / "metrics.csv"
    began = time.monotonic()
    while not metrics.exists() or len(metrics.read_text().splitlines()) < 40:
        assert process.poll() is None, process.communicate(timeout=PATIENCE)
        if time.monotonic() - began > PATIENCE:
            ended(process, 0)
        time.sleep(0.05)
    servers[-1].kill(how)
    began = time.monotonic()
    said = ended(process, LIMIT_SECONDS)
    seconds = time.monotonic() - began
    assert process.returncode == 5 and said.count("\n") == 1 and "--resume" in said, (process.returncode, said)
    record = json.loads((folder / "artifacts" / name / "run.json").read_text())
    assert record["outcome"] == "failed" and record["updates"] > 0, record
    print(f"{name}: {said.strip()} ({seconds:.1f} s)", flush=True)
    if how == signal.SIGSTOP:
        servers[-1].kill()
    servers[-1] = Server(serves, servers[-1].port)
    return train(emberlab, folder, name, "--remote", addresses, "--resume")


def main():
    serves, remote = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_random_images(folder, 1000, 200)
        here, seconds = train(serves, folder, "here")
        print(f"{'':24} {'largest':>8}")
        compare("here", here, (here, seconds), 0)
        servers = [Server(serves), Server(serves)]
        try:
            one, two = servers[0].address, ",".join(server.address for server in servers)
            for addresses, code in [(two, 0), (f"ws://127.0.0.1:{free_port()}", 5)]:
                doctor = subprocess.run([remote, "doctor", "--remote", addresses], capture_output=True, text=True,
                                        timeout=PATIENCE)
                assert doctor.returncode == code, doctor
            compare("on one server", here, train(remote, folder, "one", "--remote", one), ONE_SERVER)
            compare("on two servers", here, train(remote, folder, "two", "--remote", two), TWO_SERVERS)
            for name, n_servers, how in [("one-killed", 1, signal.SIGKILL), ("two-killed", 2, signal.SIGKILL),
                                         ("one-stalled", 1, signal.SIGSTOP)]:
                group = servers[:n_servers]
                again = kill_in_the_middle(remote, serves, folder, name, group, how)
                servers[:n_servers] = group
                compare(f"{name}, then resumed", here, again, TWO_SERVERS)
        finally:
            for server in servers:
                server.process.kill()
        refused = subprocess.run([remote, "train", CONFIG, "--name", "none", "--remote", f"ws://127.0.0.1:{free_port()}"],
                                 cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
        assert refused.returncode == 5 and refused.stderr.count("\n") == 1, refused
        print(refused.stderr.strip())


main()
