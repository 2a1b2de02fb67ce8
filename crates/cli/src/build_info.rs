//! What the program was built from.

/// The commit.
pub const GIT_COMMIT: &str = env!("EMBERLAB_GIT_COMMIT");
