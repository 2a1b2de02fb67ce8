#!/usr/bin/env python3
"""Starts an MLflow server, sends runs to it with `emberlab publish`, and compares what it has with the run directories.

    server.py EMBERLAB
"""
import csv
import math
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
import mlflow  # noqa: E402

# Seconds that a command, and the start of the server, may take.
PATIENCE = 180
RUN = """
name = "learns"
[data]
source = "synthetic"
n_samples = 200
[model]
kind = "mlp"
hidden = [8]
[training]
epochs = 400
batch_size = 32
[training.optimizer]
learning_rate = 0.1
"""


def emberlab(program, folder, *arguments, code=0):
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return done.stdout if code == 0 else done.stderr


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until_up(address, server):
    start = time.monotonic()
    while time.monotonic() - start < PATIENCE:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    sys.exit("the server does not start")


def recorded(path):
    """The values of each metric of a run directory, by step."""
    found = {}
    with open(path / "metrics.csv") as file:
        for row in csv.DictReader(file):
            found.setdefault(f"{row['split']}/{row['metric']}", []).append((int(row["iteration"]), float(row["value"])))
    return found


def equal(one, other):
    return one == other or (math.isnan(one) and math.isnan(other))


def compare(client, folder, name, status):
    [run] = client.search_runs([client.get_experiment_by_name("course").experiment_id], f"tags.`emberlab.run` = '{name}'")
    path = folder / "artifacts" / name
    assert (run.info.status, run.info.run_name) == (status, name), run.info
    assert run.data.params["training.batch_size"] == "32", run.data.params
    assert run.data.params["model.hidden"] == "[8]", run.data.params
    numbers = recorded(path)
    assert set(run.data.metrics) == set(numbers), (set(run.data.metrics), set(numbers))
    for key, values in numbers.items():
        there = sorted((metric.step, metric.value) for metric in client.get_metric_history(run.info.run_id, key))
        assert len(there) == len(values), (key, len(there), len(values))
        assert all(a[0] == b[0] and equal(a[1], b[1]) for a, b in zip(there, sorted(values))), key
    files = {one.path for one in client.list_artifacts(run.info.run_id)}
    wanted = {"config.toml", "run.json", "metrics.csv"} | ({"model.safetensors", "plots", "report.html"} if status == "FINISHED" else set())
    assert wanted <= files, files
    for one in sorted(wanted - {"plots"}):
        fetched = client.download_artifacts(run.info.run_id, one, str(folder))
        assert pathlib.Path(fetched).read_bytes() == (path / one).read_bytes(), one
    return sum(map(len, numbers.values())), len(files)


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "run.toml").write_text(RUN)
        emberlab(program, folder, "train", "run.toml", "--dashboard", "none")
        emberlab(program, folder, "report", "learns")
        diverges = ["--name", "diverges", "--set", "training.optimizer.learning_rate=1e30", "--dashboard", "none"]
        emberlab(program, folder, "train", "run.toml", *diverges, code=4)
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        said = emberlab(program, folder, "publish", "learns", "--mlflow", address, code=5)
        assert "cannot be reached" in said and said.count("\n") == 1, said
        command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
                   "--backend-store-uri", f"sqlite:///{folder}/store.db", "--artifacts-destination", str(folder / "store")]
        with open(folder / "server.txt", "w") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True)
        try:
            wait_until_up(address, server)
            to_course = ["--mlflow", address, "--experiment", "course"]
            first = emberlab(program, folder, "publish", "learns", "diverges", *to_course)
            again = emberlab(program, folder, "publish", "learns", "diverges", *to_course)
            assert again == first.replace("\n", "  (was there)\n"), (first, again)
            client = mlflow.MlflowClient(address)
            for name, status in [("learns", "FINISHED"), ("diverges", "FAILED")]:
                n_values, n_files = compare(client, folder, name, status)
                print(f"{name}: {n_values} values and {n_files} files are those of the run directory")
        finally:
            os.killpg(server.pid, 15)
            server.wait(timeout=PATIENCE)


if __name__ == "__main__":
    main()
