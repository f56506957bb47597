//! Reads rosters and staff lists.

use crate::config::Opened;
use crate::error::Result;
use clap::Subcommand;
use std::path::PathBuf;

/// What to read in.
#[derive(Subcommand, Clone, Debug)]
pub enum Import {
    /// A roster of students (学籍表, .xlsx)
    Roster {
        /// The file
        file: PathBuf,
        /// Code of the school (学校标识码)
        #[arg(long, value_name = "CODE")]
        school: String,
        /// Only says what would happen; writes nothing
        #[arg(long)]
        check: bool,
        /// Prints one JSON object
        #[arg(long)]
        json: bool,
    },
    /// A list of staff and villages (.xlsx)
    Staff {
        /// The file
        file: PathBuf,
        /// Code of the school (学校标识码)
        #[arg(long, value_name = "CODE")]
        school: String,
    },
}

/// Reads it in and prints what became of it. Says whether all of it was taken.
///
/// # Errors
/// The file cannot be read, or the database says no.
pub async fn run(_opened: &Opened, _what: Import) -> Result<bool> {
    Ok(false)
}
