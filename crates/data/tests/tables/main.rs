//! Reading tables.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod case;
mod encoding;
mod golden;
#[path = "../support/mod.rs"]
mod support;
mod text;
