# `just` lists these recipes.

set positional-arguments := true

# The backend of `just serve`.
backend := "flex"
# The backend of `just gpu-check`: just gpu=vulkan gpu-check
gpu := "cuda"

_default:
    @just --list --unsorted

# Train on the CPU: just train configs/lab/synthetic-softmax.toml [--set key.path=value ...]
[no-exit-message]
train *ARGS:
    cargo run --release -- train "$@"

# Train on an NVIDIA GPU
[no-exit-message]
train-gpu *ARGS:
    cargo run --release --no-default-features --features cuda -- train "$@"

# Train on the CPU with the ndarray backend
[no-exit-message]
train-ndarray *ARGS:
    cargo run --release --no-default-features --features ndarray -- train "$@"

# Train on any GPU with a Vulkan driver
[no-exit-message]
train-vulkan *ARGS:
    cargo run --release --no-default-features --features vulkan -- train "$@"

# Train on an Apple GPU
[no-exit-message]
train-metal *ARGS:
    cargo run --release --no-default-features --features metal -- train "$@"

# Let other machines train on this one: just serve --expose; on its NVIDIA GPU: just backend=cuda serve --expose
[no-exit-message]
serve *ARGS:
    cargo run --release --no-default-features --features {{ backend }},serve -- serve "$@"

# Train on servers: just train-remote CONFIG --remote ws://localhost:3000
[no-exit-message]
train-remote *ARGS:
    cargo run --release --no-default-features --features remote -- train "$@"

# Download CIFAR-10 into data/, check it and unpack it: just data [--from FILE | --url URL] [--no-verify]
[no-exit-message]
data *ARGS:
    cargo run --release -- data fetch configs/lab/cifar10-linear.toml "$@"

# Run the notebook's experiments and write the lab as a page, artifacts/lab/index.html: just lab [--set key.path=value ...]
[no-exit-message]
lab *ARGS:
    cargo run --release -- lab "$@"

# Train every experiment of the lab, replacing earlier runs: just lab-configs [--set key.path=value ...]
lab-configs *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    for config in configs/lab/synthetic*.toml configs/lab/cifar10*.toml; do
        cargo run --release -- train "$config" --overwrite --dashboard plain "$@"
    done

# Run all tests on the default backend
test:
    cargo test --workspace

# Compare the speed with NumPy, PyTorch and candle, with all of CIFAR-10, into artifacts/bench/: just bench [--data FOLDER] [--rounds N]
bench *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    python="artifacts/bench/venv/bin/python"
    [ -x "$python" ] || python3 -m venv artifacts/bench/venv
    "$python" -m pip install --quiet --requirement benchmarks/requirements.txt
    target="${CARGO_TARGET_DIR:-target}"
    cargo build --profile fast --locked
    cargo build --release --locked --manifest-path benchmarks/candle/Cargo.toml --target-dir "$target/candle"
    "$python" benchmarks/run.py --emberlab "$target/fast/emberlab" --candle "$target/candle/release/emberlab-bench-candle" "$@"

# Say whether training on an NVIDIA GPU is right and how fast, in gpu-report.md: just gpu-check [--data FOLDER] [--torch PYTHON]
gpu-check *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    target="${CARGO_TARGET_DIR:-target}"
    cargo build --release --locked
    cp "$target/release/emberlab" "$target/release/emberlab-on-cpu"
    cargo build --release --locked --no-default-features --features {{ gpu }}
    python3 tests/gpu/check.py "$target/release/emberlab-on-cpu" "$target/release/emberlab" "$@"

# Put what `just gpu-check` needs into artifacts/gpu-check.tar.gz, for a machine without Rust: there, run ./check
gpu-check-archive:
    bash tests/gpu/archive {{ gpu }}

# Write the JSON schema for editors, and the page of all keys
schema:
    cargo run --release -- config schema > configs/schema.json
    cargo run --release -- config docs > docs/configuration.md

# Write the lists of the public interfaces, docs/api
api:
    cargo doc --workspace --no-deps
    python3 tests/structure/public_api.py "${CARGO_TARGET_DIR:-target}/doc" --write

# Make an archive that runs on any Linux without a network: artifacts/dist/emberlab-VERSION-TARGET.tar.gz
dist:
    bash dist/make

# Run the program of an archive in an empty root: just dist-test artifacts/dist/emberlab-VERSION-TARGET.tar.gz
dist-test ARCHIVE:
    bash dist/test "$1"

# Run all checks of CI
ci:
    bash .ci/run
