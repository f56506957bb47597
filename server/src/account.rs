//! Accounts from the command line.

use crate::config::Opened;
use crate::error::Result;
use clap::Subcommand;

/// What to do with accounts.
#[derive(Subcommand, Clone, Debug)]
pub enum User {
    /// Lists accounts
    List,
}

/// Does it.
///
/// # Errors
/// The database says no.
pub async fn run(_opened: &Opened, _what: User) -> Result<()> {
    Ok(())
}
