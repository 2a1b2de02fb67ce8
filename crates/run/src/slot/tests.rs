//! Which processes get a slot, and what is left afterwards.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::directory::file;
use std::fs;

fn acquire(folder: &Path, existing: Existing) -> Result<RunSlot, Error> {
    RunSlot::acquire(&folder.join("artifacts"), "run", existing)
}

/// A folder with a run that has these files.
fn with(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in files {
        let path = folder.path().join("artifacts/run").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
    folder
}

#[test]
fn a_dropped_slot_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(acquire(folder.path(), Existing::Keep).unwrap());
    assert!(!folder.path().join("artifacts").exists());
    fs::create_dir(folder.path().join("artifacts")).unwrap();
    drop(acquire(folder.path(), Existing::Resume).unwrap());
    assert!(folder.path().join("artifacts").exists() && !folder.path().join("artifacts/run").exists());
}

#[test]
fn one_of_two_gets_the_slot_in_every_mode() {
    for files in [&[][..], &["config.toml", "run.json"]] {
        for first in [Existing::Replace, Existing::Resume] {
            for second in [Existing::Replace, Existing::Resume] {
                let folder = with(files);
                let held = acquire(folder.path(), first).unwrap();
                assert!(matches!(acquire(folder.path(), second), Err(Error::RunBusy(_))));
                let run = held.create().unwrap();
                assert!(matches!(acquire(folder.path(), second), Err(Error::RunBusy(_))));
                assert!(run.is_busy());
                drop(run);
                acquire(folder.path(), second).unwrap();
            }
        }
    }
}

#[test]
fn the_content_of_a_directory_decides_what_happens_to_it() {
    let checkpoint = "checkpoints/000000000001.ckpt";
    for (files, replaced, resumed) in [
        (&[".lock"][..], true, "new"),
        (&[".lock", ".emberlab-a1"], true, "new"),
        (&["config.toml"], true, "goes on"),
        (&["run.json", "metrics.csv"], true, "begins again"),
        (&["metrics.csv", "model.mpk", "plots/loss.svg"], true, "begins again"),
        (&["metrics.csv", checkpoint], true, "goes on"),
        (&["run.json", "config.toml", checkpoint, "notes.txt"], true, "goes on"),
        (&["config.toml", "notes.txt"], false, "goes on"),
        (&["metrics.csv", "notes.txt"], false, "refused"),
        (&["notes.txt"], false, "refused"),
        (&[".git"], false, "refused"),
    ] {
        let folder = with(files);
        let slot = acquire(folder.path(), Existing::Resume);
        let found = match &slot {
            Ok(slot) if slot.resumes().is_some() => "goes on",
            Ok(slot) if slot.begins_again() => "begins again",
            Ok(_) => "new",
            Err(_) => "refused",
        };
        assert_eq!(found, resumed, "{files:?}");
        drop(slot);
        files.iter().for_each(|name| assert!(folder.path().join("artifacts/run").join(name).exists()));

        let run = acquire(folder.path(), Existing::Replace).and_then(RunSlot::create);
        assert_eq!(run.is_ok(), replaced, "{files:?}");
        let left = |path: &Path| fs::read_dir(path).unwrap().count();
        if replaced {
            let artifacts = folder.path().join("artifacts");
            assert_eq!((left(&artifacts), left(&artifacts.join("run"))), (1, 1), "{files:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_run_whose_checkpoints_cannot_be_read_is_not_deleted() {
    let folder = with(&["run.json", "metrics.csv"]);
    let run = folder.path().join("artifacts/run");
    let checkpoints = run.join(file::CHECKPOINTS);
    // A link to itself cannot be read, not even by root.
    std::os::unix::fs::symlink(&checkpoints, &checkpoints).unwrap();
    for existing in [Existing::Resume, Existing::Replace] {
        let error = acquire(folder.path(), existing).and_then(RunSlot::create).unwrap_err();
        assert!(matches!(&error, Error::Artifact { path, .. } if *path == checkpoints), "{error}");
    }
    assert!(run.join(file::RECORD).exists() && run.join(file::METRICS).exists());
    // A file, or nothing, holds no checkpoints.
    fs::remove_file(&checkpoints).unwrap();
    fs::write(&checkpoints, "").unwrap();
    assert!(acquire(folder.path(), Existing::Resume).unwrap().begins_again());
}

#[test]
fn a_run_that_is_kept_is_not_touched() {
    let folder = with(&["run.json", "config.toml", "metrics.csv"]);
    assert!(matches!(acquire(folder.path(), Existing::Keep), Err(Error::RunExists(_))));
    assert!(!folder.path().join("artifacts/run/.lock").exists());
}

#[test]
fn the_next_process_deletes_a_run_that_a_killed_one_moved_aside() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("artifacts/.emberlab-replaced-x/checkpoints")).unwrap();
    let slot = acquire(folder.path(), Existing::Keep).unwrap();
    assert_eq!(fs::read_dir(folder.path().join("artifacts")).unwrap().count(), 1);
    drop(slot);
}

#[test]
fn many_threads_that_replace_a_run_leave_one() {
    let folder = with(&["config.toml", "run.json", "metrics.csv", "checkpoints/000000000001.ckpt"]);
    let created = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..30 {
                    match acquire(folder.path(), Existing::Replace).and_then(RunSlot::create) {
                        Ok(run) => {
                            run.write(file::CONFIG, b"").unwrap();
                            run.write(file::RECORD, b"").unwrap();
                            created.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        }
                        Err(Error::RunBusy(_) | Error::RunExists(_)) => (),
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    assert!(created.into_inner() > 0);
    let artifacts = folder.path().join("artifacts");
    let mut left: Vec<_> =
        fs::read_dir(&artifacts).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["run"]);
}
