//! The commands, one file each.

pub mod check;
pub mod compare;
pub mod completions;
pub mod config;
mod config_args;
pub mod data;
pub mod doctor;
pub mod evaluate;
pub mod export;
pub mod find_rate;
pub mod gradcheck;
pub mod grade;
pub mod lab;
pub mod new;
pub mod predict;
pub mod publish;
pub mod report;
mod run_args;
pub mod runs;
mod score_name;
pub mod serve;
mod student_code_args;
pub mod sweep;
pub mod train;
pub mod why;
