//! A folder in which tests run the program, and the files in it.

use crate::process::{Process, Said};
use emberlab_data::RandomState;
use safetensors::SafeTensors;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The environment variable with a command that runs the program, such as `qemu-x86_64 -cpu max`, a processor
/// without AVX-512. If it is not set, the program runs directly.
const RUNNER: &str = "EMBERLAB_TESTS_RUNNER";

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The folder with the images of CIFAR-10, or a part of them, that `EMBERLAB_CIFAR10_DIR` names.
pub fn cifar10() -> String {
    env::var("EMBERLAB_CIFAR10_DIR").expect("EMBERLAB_CIFAR10_DIR names no folder with CIFAR-10")
}

/// Creates a named pipe without a writer.
#[cfg(unix)]
pub fn make_pipe(path: &Path) {
    Process::start(Command::new("mkfifo").arg(path)).ends().succeeds();
}

/// A temporary folder that the program runs in.
pub struct Lab {
    folder: TempDir,
}

impl Lab {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Runs the program with arguments that are divided at spaces.
    pub fn emberlab(&self, arguments: &str) -> Said {
        self.run(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Said {
        Process::start(&mut self.command(arguments)).ends()
    }

    /// Starts the program, with arguments that are divided at spaces, and does not wait for it.
    pub fn start(&self, arguments: &str) -> Process {
        Process::start(&mut self.command(&arguments.split_whitespace().collect::<Vec<_>>()))
    }

    /// The program in this folder, with nothing to read on standard input.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let runner = env::var(RUNNER).unwrap_or_default();
        let mut words = runner.split_whitespace().chain([env!("CARGO_BIN_EXE_emberlab")]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// The values of one metric of one part in a run's `metrics.csv`, in order.
    pub fn metric(&self, run: &str, split: &str, metric: &str) -> Vec<f64> {
        let csv = self.read(&format!("artifacts/{run}/metrics.csv"));
        let mut lines = csv.lines();
        assert_eq!(lines.next(), Some("split,epoch,iteration,metric,value"));
        let rows = lines.map(|line| line.split(',').collect::<Vec<_>>());
        let values = rows.filter_map(|row| match row[..] {
            [row_split, _, _, row_metric, value] if (row_split, row_metric) == (split, metric) => {
                Some(value.parse().unwrap())
            }
            _ => None,
        });
        values.collect()
    }

    /// The shape of a tensor of a run's weights, and its numbers.
    pub fn tensor(&self, run: &str, name: &str) -> (Vec<usize>, Vec<f64>) {
        let bytes = self.bytes(&format!("artifacts/{run}/model.safetensors"));
        let weights = SafeTensors::deserialize(&bytes).unwrap();
        let tensor = weights.tensor(name).unwrap();
        let numbers = tensor.data().as_chunks::<4>().0;
        let numbers = numbers.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect();
        (tensor.shape().to_vec(), numbers)
    }

    /// Writes a set of 60 and 25 images of random bytes in CIFAR-10's layout into `data`, drawn as
    /// `tests/golden/curves.py` draws it.
    pub fn write_pixel_set(&self) -> &Self {
        let mut random = RandomState::new(2026);
        let mut records = |n: usize| {
            let mut bytes = Vec::new();
            for _ in 0..n {
                bytes.push(random.randint(0, 10).unwrap() as u8);
                bytes.extend((0..3072).map(|_| random.randint(0, 256).unwrap() as u8));
            }
            bytes
        };
        let folder = "data/cifar-10-batches-bin";
        self.write(&format!("{folder}/data_batch_1.bin"), records(60));
        self.write(&format!("{folder}/test_batch.bin"), records(25));
        let names = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n";
        self.write(&format!("{folder}/batches.meta.txt"), names)
    }
}

/// Output of the program, or a file of it, as JSON.
pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// Fails where values differ from the expected ones by more than `tolerance`.
#[track_caller]
pub fn assert_close(what: &str, values: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(values.len(), expected.len(), "{what}");
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() <= tolerance, "{what}: {value} for {expected}");
    }
}
