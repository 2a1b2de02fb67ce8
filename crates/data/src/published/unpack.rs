//! Unpacking a set's archive, which may be hostile: only the files of the set are written.

use super::ArchiveLayout;
use crate::error::DataError;
use crate::problem::ArchiveProblem;
use flate2::read::GzDecoder;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};
use tar::{Archive, Entry, EntryType};

/// The most bytes of a file of text.
const MAX_TEXT_FILE: u64 = 64 * 1024;

impl ArchiveLayout {
    /// The most bytes that the archive may unpack to: all files and the headers between them.
    fn max_unpacked(&self) -> u64 {
        let n_records = self.needed.iter().filter(|name| is_records(name)).count();
        n_records as u64 * self.max_records + (1 << 20)
    }

    fn max_size(&self, name: &str) -> u64 {
        if is_records(name) { self.max_records } else { MAX_TEXT_FILE }
    }
}

fn is_records(name: &str) -> bool {
    name.ends_with(".bin")
}

/// Unpacks the files of the set, and nothing else, from a compressed archive.
///
/// # Errors
///
/// [`DataError::Corrupt`] for a damaged archive, and for one that holds anything but the files of the set in their
/// folder, each once and no larger than the official one; [`DataError::Write`].
pub fn unpack_entries(
    layout: &ArchiveLayout,
    archive: &Path,
    compressed: impl Read,
    folder: &Path,
) -> Result<(), DataError> {
    let damaged =
        |error: io::Error| DataError::corrupt(archive, ArchiveProblem::Damaged { reason: error.to_string() });
    let mut tar = Archive::new(GzDecoder::new(compressed).take(layout.max_unpacked()));
    let mut seen = BTreeSet::new();
    fs::create_dir_all(folder.join(layout.folder)).map_err(DataError::write(folder))?;
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = file_name(layout, &entry).map_err(|problem| DataError::corrupt(archive, problem))?;
        let Some(name) = name else { continue };
        if !seen.insert(name) {
            return Err(DataError::corrupt(archive, ArchiveProblem::Duplicate { name }));
        }
        let path = folder.join(layout.folder).join(name);
        let mut file = File::create_new(&path).map_err(DataError::write(&path))?;
        copy(&mut entry, &mut file, archive, &path)?;
        file.sync_all().map_err(DataError::write(&path))?;
    }
    // The checksum is at the end of the compressed data, after the archive's last entry.
    let mut rest = tar.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(damaged)?;
    if rest.limit() == 0 {
        return Err(DataError::corrupt(archive, ArchiveProblem::TooLarge { max: layout.max_unpacked() }));
    }
    match layout.needed.iter().find(|name| !seen.contains(**name)) {
        Some(missing) => {
            let path = format!("{}/{missing}", layout.folder);
            Err(DataError::corrupt(archive, ArchiveProblem::MissingEntry { path }))
        }
        None => Ok(()),
    }
}

/// The name of an entry that is a file of the set, or `None` for the set's folder and for files that are left out. Other
/// entries are errors.
fn file_name<R: Read>(
    layout: &ArchiveLayout,
    entry: &Entry<'_, R>,
) -> Result<Option<&'static str>, ArchiveProblem> {
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
    let unknown = |entry: String| ArchiveProblem::UnknownEntry { entry, set: layout.title };
    match (kind, parts.as_slice()) {
        (EntryType::XGlobalHeader, _) | (EntryType::Directory, []) => Ok(None),
        (EntryType::Directory, [folder]) if *folder == layout.folder => Ok(None),
        (EntryType::Regular | EntryType::Continuous, [folder, name]) if *folder == layout.folder => {
            let known = layout.needed.iter().chain(layout.optional).find(|known| *known == name);
            let max = layout.max_size(name);
            match known {
                None if !layout.skips_others => Err(unknown(shown)),
                _ if entry.size() > max => {
                    Err(ArchiveProblem::EntryTooLarge { entry: shown, size: entry.size(), max })
                }
                known => Ok(known.copied()),
            }
        }
        (EntryType::Link | EntryType::Symlink, _) => Err(ArchiveProblem::Link { entry: shown }),
        _ => Err(unknown(shown)),
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
