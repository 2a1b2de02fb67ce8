//! A place to run the program in, and what it left there.

use emberlab_data::RandomState;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// The environment variable with the command that runs the program, as `qemu-x86_64 -cpu max`, which is a processor
/// without AVX-512; the program runs by itself where it is not set.
const RUNNER: &str = "EMBERLAB_TESTS_RUNNER";

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A temporary folder that the program runs in.
pub struct Lab {
    folder: TempDir,
}

/// What a run of the program said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
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
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        Said {
            code: status.code().unwrap_or(-1),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }

    /// Starts the program and does not wait for it.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The program in this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let runner = env::var(RUNNER).unwrap_or_default();
        let mut words = runner.split_whitespace().chain([env!("CARGO_BIN_EXE_emberlab")]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args(arguments).current_dir(self.folder.path());
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

/// What was said, or a file, as JSON.
pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

impl Said {
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{}", self.stdout);
        self
    }

    /// Checks the exit code and that nothing but the error was said.
    #[track_caller]
    pub fn fails(self, code: i32, stderr: &str) {
        assert_eq!((self.stderr.trim_end(), self.code), (stderr.trim_end(), code));
        assert_eq!(self.stdout, "");
    }
}
