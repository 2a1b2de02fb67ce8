//! Unpacking CIFAR-10's archive, which may be hostile: only the files of the set are written.

use super::{FOLDER, RECORD_SIZE};
use crate::error::DataError;
use crate::problem::ArchiveProblem;
use flate2::read::GzDecoder;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};
use tar::{Archive, Entry, EntryType};

/// The set's record files.
const RECORD_FILES: [&str; 6] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
    "test_batch.bin",
];
/// The set's other files.
const TEXT_FILES: [&str; 2] = ["batches.meta.txt", "readme.html"];
/// The most bytes of a record file: the size of the official ones.
const MAX_RECORD_FILE: u64 = 10_000 * RECORD_SIZE as u64;
/// The most bytes of the other files.
const MAX_TEXT_FILE: u64 = 64 * 1024;
/// The most bytes that an archive may unpack to: all files and the headers between them.
const MAX_UNPACKED: u64 = 6 * MAX_RECORD_FILE + (1 << 20);

/// Unpacks the files of the set, and nothing else, from a compressed archive.
///
/// # Errors
///
/// [`DataError::Corrupt`] for a damaged archive, and for one that holds anything but the files of the set in their
/// folder, each once and no larger than the official one; [`DataError::Write`].
pub fn unpack_entries(archive: &Path, compressed: impl Read, folder: &Path) -> Result<(), DataError> {
    let damaged =
        |error: io::Error| DataError::corrupt(archive, ArchiveProblem::Damaged { reason: error.to_string() });
    let mut tar = Archive::new(GzDecoder::new(compressed).take(MAX_UNPACKED));
    let mut seen = BTreeSet::new();
    fs::create_dir_all(folder.join(FOLDER)).map_err(DataError::write(folder))?;
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = file_name(&entry).map_err(|problem| DataError::corrupt(archive, problem))?;
        let Some(name) = name else { continue };
        if !seen.insert(name) {
            return Err(DataError::corrupt(archive, ArchiveProblem::Duplicate { name }));
        }
        let path = folder.join(FOLDER).join(name);
        let mut file = File::create_new(&path).map_err(DataError::write(&path))?;
        copy(&mut entry, &mut file, archive, &path)?;
        file.sync_all().map_err(DataError::write(&path))?;
    }
    // The checksum is at the end of the compressed data, after the archive's last entry.
    let mut rest = tar.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(damaged)?;
    if rest.limit() == 0 {
        return Err(DataError::corrupt(archive, ArchiveProblem::TooLarge { max: MAX_UNPACKED }));
    }
    match RECORD_FILES.iter().chain(&TEXT_FILES[..1]).find(|name| !seen.contains(**name)) {
        Some(missing) => {
            let path = format!("{FOLDER}/{missing}");
            Err(DataError::corrupt(archive, ArchiveProblem::MissingEntry { path }))
        }
        None => Ok(()),
    }
}

/// The name of an entry that is a file of the set, or `None` for the set's folder. Other entries are errors.
fn file_name<R: Read>(entry: &Entry<'_, R>) -> Result<Option<&'static str>, ArchiveProblem> {
    let invalid = |error: io::Error| ArchiveProblem::InvalidPath { reason: error.to_string() };
    let path = entry.path().map_err(invalid)?.into_owned();
    let shown = path.display().to_string();
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::CurDir => (),
            _ => return Err(ArchiveProblem::OutsideFolder { entry: shown }),
        }
    }
    let kind = entry.header().entry_type();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (kind, parts.as_slice()) {
        (EntryType::Directory, [] | [FOLDER]) | (EntryType::XGlobalHeader, _) => Ok(None),
        (EntryType::Regular | EntryType::Continuous, [FOLDER, name]) => {
            let known = RECORD_FILES.iter().chain(&TEXT_FILES).find(|known| *known == name);
            let Some(known) = known else { return Err(ArchiveProblem::UnknownEntry { entry: shown }) };
            let max = if RECORD_FILES.contains(known) { MAX_RECORD_FILE } else { MAX_TEXT_FILE };
            if entry.size() > max {
                return Err(ArchiveProblem::EntryTooLarge { entry: shown, size: entry.size(), max });
            }
            Ok(Some(known))
        }
        (EntryType::Link | EntryType::Symlink, _) => Err(ArchiveProblem::Link { entry: shown }),
        _ => Err(ArchiveProblem::UnknownEntry { entry: shown }),
    }
}

fn copy(from: &mut impl Read, to: &mut File, archive: &Path, path: &Path) -> Result<(), DataError> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => io::Write::write_all(to, &buffer[..read]).map_err(DataError::write(path))?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => {
                let problem = ArchiveProblem::DamagedEntry { reason: error.to_string() };
                return Err(DataError::corrupt(archive, problem));
            }
        }
    }
}
