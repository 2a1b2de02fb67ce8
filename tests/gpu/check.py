#!/usr/bin/env python3
"""Says whether a GPU build of emberlab is right on this machine, and how fast, in a report to paste.

    check.py EMBERLAB_ON_CPU EMBERLAB_ON_GPU [--data FOLDER] [--out REPORT] [--seconds N] [--torch PYTHON]

The report has what `emberlab doctor` says, the losses of the lab beside those of the CPU, the derivatives, and for four
networks on all of CIFAR-10, in f32 and bf16: the time to the first update, updates per second after it, the memory, and how
often training waits for the device. Without `--data`, images are random bytes, as many as the CPU's part needs. `--torch` names a
Python with PyTorch, whose updates per second are written beside, if it sees a GPU. Needs nothing but Python 3.9.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import agree  # noqa: E402

ROOT = agree.ROOT
# The configurations of the benchmarks with their batches; the names are those of `torch_updates.py`.
WORK = {"linear": 128, "mlp": 128, "cnn": 128, "airbench": 2000}
PRECISIONS = ["f32", "bf16"]
# The most that one measurement may take: on a GPU mostly for the compilation of kernels, on llvmpipe for computing.
SECONDS, SECONDS_IN_SOFTWARE = 400.0, 100.0
# Lines of a measurement: each is a wait for the device.
N_LINES = 6
# Every experiment of the lab but its CNNs, which are among the recipes.
LAB = [f"lab/{config.stem}" for config in sorted((ROOT / "configs" / "lab").glob("*.toml")) if f"lab/{config.stem}" not in agree.RECIPES]


class Memory(threading.Thread):
    """The most memory that NVIDIA's driver reports while a block runs, in MB; None without the driver."""

    def __init__(self):
        super().__init__(daemon=True)
        self.most, self.done = None, threading.Event()

    def __enter__(self):
        if shutil.which("nvidia-smi"):
            self.start()
        return self

    def __exit__(self, *_):
        self.done.set()

    def run(self):
        while not self.done.wait(0.2):
            asked = subprocess.run(["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"], capture_output=True, text=True)
            if asked.returncode == 0 and asked.stdout.strip():
                self.most = max(self.most or 0, max(int(line) for line in asked.stdout.split()))


def command_of(gpu, images, config, batch, precision, n_updates, display):
    sets = [f"data.directory={images}", f"training.batch_size={batch}", "training.epochs=1", f'device.precision="{precision}"',
            f"data.train_samples={n_updates * batch}", "data.test_samples=10", f"training.log_every={max(1, n_updates // N_LINES)}"]
    command = [gpu, "train", ROOT / "benchmarks" / "configs" / f"{config}.toml", "--name", "speed", "--overwrite", "--dashboard", display]
    return [*command, *(word for key in sets for word in ("--set", key))]


def first_update(folder, command, patience):
    """The seconds to the end of the first update, or None and why there are none."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        return None, f"the first update took more than {patience:.0f} s"
    if done.returncode:
        return None, agree.last_words(done.stderr)
    return json.loads((folder / "artifacts" / "speed" / "run.json").read_text())["seconds"]["train"], ""


def updates_per_second(folder, command, patience):
    """The updates per second between the first line and the last that come in time, and the updates that these are, or None and why."""
    seen = []
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
            limit = threading.Timer(patience, process.kill)
            limit.start()
            for line in process.stdout:
                update = re.search(r"update +([0-9]+)/", line)
                seen += [(int(update[1]), time.monotonic())] if update else []
            limit.cancel()
        if process.returncode > 0:
            errors.seek(0)
            return None, agree.last_words(errors.read())
    updates = seen[-1][0] - seen[0][0] if seen else 0
    return (updates / (seen[-1][1] - seen[0][1]), updates) if updates else (None, "no two lines came in time")


def per_second(rate):
    return f"{rate:.0f}" if rate >= 100 else f"{rate:.3g}"


def speed(gpu, folder, images, n_images, config, batch, precision, seconds):
    """The time to the first update, updates per second after it, the memory and the waits, or an error."""
    start, many = time.monotonic(), max(2, min(60, n_images // batch))
    with Memory() as memory:
        first, said = first_update(folder, command_of(gpu, images, config, batch, precision, 1, "none"), seconds)
        if first is None:
            return said
        command = command_of(gpu, images, config, batch, precision, many, "plain")
        rate, said = updates_per_second(folder, command, max(1.0, seconds - (time.monotonic() - start)))
    record = json.loads((folder / "artifacts" / "speed" / "run.json").read_text())
    waits = sum((record.get("device_reads") or {}).values())
    return [f"{first:.2f} s", per_second(rate) if rate else "–", said, f"{memory.most} MB" if memory.most is not None else "unknown",
            f"{waits} in {record['updates']} updates" if record["outcome"] == "finished" else "–"]


def torch_rates(python, seconds):
    """PyTorch's updates per second on its GPU for each network, or a sentence."""
    script = pathlib.Path(__file__).resolve().parent / "torch_updates.py"
    try:
        done = subprocess.run([python, script], capture_output=True, text=True, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"PyTorch: {error}"
    return json.loads(done.stdout) if done.returncode == 0 else f"PyTorch: {(done.stderr.strip().splitlines() or ['no reason'])[-1]}"


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in lines) + "\n"


def agreement(cpu, gpu, folder, images, say):
    """The part of the report on what is right; and what is not."""
    rows, wrong = [], []
    for name, _, n_losses, difference, cpu_seconds, gpu_seconds in agree.compare_curves(cpu, gpu, folder, images, LAB):
        right = difference <= agree.TOLERANCE
        rows.append([name, n_losses, f"{difference:.1e}", f"{cpu_seconds:.1f} s", f"{gpu_seconds:.1f} s", "yes" if right else "NO"])
        wrong += [] if right else [name]
        say(f"{name}: losses differ by at most {difference:.1e}")
    text = table(["experiment", "losses", "largest difference", "CPU", "GPU", "right"], rows) + "\n"
    for checks in [agree.check_derivatives(gpu, images), agree.check_others(gpu, folder, images)]:
        for what, said, right in checks:
            say(f"{what}: {said}")
            text += f"- {what}: {said}{'' if right else ' **(wrong)**'}\n"
            wrong += [] if right else [what]
    return text, wrong


def speeds(arguments, gpu, folder, images, n_images, say):
    peers = torch_rates(arguments.torch, arguments.seconds) if arguments.torch else "PyTorch was not asked; `--torch PYTHON` names one."
    rows = []
    for name, batch in WORK.items():
        for precision in PRECISIONS:
            found = speed(gpu, folder, images, n_images, name, batch, precision, arguments.seconds)
            say(f"{name} in {precision}: {found if isinstance(found, str) else found[1] + ' updates/s'}")
            cells = [found, "", "", "", ""] if isinstance(found, str) else found
            peer = per_second(peers[name][precision]) if isinstance(peers, dict) else "–"
            rows.append([name, batch, precision, *cells, peer])
    header = ["network", "batch", "precision", "first update, with compilation", "updates/s after it", "over", "memory", "waits", "PyTorch, updates/s"]
    return table(header, rows) + ("" if isinstance(peers, dict) else f"\n{peers}\n")


def count_images(images):
    folder = pathlib.Path(images) / "cifar-10-batches-bin"
    return sum(path.stat().st_size for path in folder.glob("data_batch_*.bin")) // 3073


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cpu"), parser.add_argument("gpu")
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("gpu-report.md"))
    parser.add_argument("--seconds", type=float, help=f"the most that one measurement of speed may take, by default {SECONDS:.0f}, and "
                        f"{SECONDS_IN_SOFTWARE:.0f} on a software device")
    parser.add_argument("--torch")
    arguments = parser.parse_args()
    cpu, gpu = (str(pathlib.Path(path).resolve()) for path in [arguments.cpu, arguments.gpu])
    start = time.monotonic()
    say = lambda line: print(f"{time.monotonic() - start:6.0f} s  {line}", flush=True)
    run = lambda *words: subprocess.run(words, capture_output=True, text=True, timeout=agree.PATIENCE)
    doctor, version = run(gpu, "doctor"), run(gpu, "--version").stdout.strip()
    say(version)
    kinds = set(re.findall(r", ([a-z]+), Vulkan [0-9]", doctor.stdout)) if "backend vulkan" in version else set()
    arguments.seconds = arguments.seconds or (SECONDS_IN_SOFTWARE if kinds == {"software"} else SECONDS)
    report = f"# emberlab on this GPU\n\n{version}\n\n```\n{(doctor.stdout + doctor.stderr).strip()}\n```\n\n"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        images = str(arguments.data.resolve()) if arguments.data else str(agree.write_random_images(folder, 4000, 200))
        wrong = []
        if doctor.returncode:
            wrong.append("doctor")
        else:
            text, wrong = agreement(cpu, gpu, folder, images, say)
            report += f"## Right?\n\n{text}\n## How fast?\n\n{speeds(arguments, gpu, folder, images, count_images(images), say)}"
    report += f"\n{'Everything is right.' if not wrong else 'Wrong: ' + ', '.join(wrong) + '.'} The check took {time.monotonic() - start:.0f} s.\n"
    arguments.out.write_text(report)
    print(arguments.out)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
