//! What came of a student's folder.

use crate::check::Report;

/// What came of one folder.
#[derive(Debug)]
pub struct Grade {
    /// The name of the folder.
    pub folder: String,
    /// The report, or the reason why there is none.
    pub report: Result<Report, String>,
    /// What the teacher should look at: the same code as another student's.
    pub notes: Vec<String>,
}
