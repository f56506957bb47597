//! Fills an empty database with the demo county.

use crate::config::Opened;
use crate::error::Result;
use clap::{Args, ValueEnum};

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Size {
    /// A village school and one class of the middle school: loads in a moment
    Village,
    /// The whole county of the demo: 563 children and a school year of visits
    School,
}

/// What to fill in.
#[derive(Args, Clone, Debug)]
pub struct Demo {
    /// How much
    #[arg(long, value_name = "SIZE", default_value = "school")]
    pub size: Size,
}

/// An account of the demo, as `serve` shows it.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// 班主任
    pub role: String,
    /// Invented name.
    pub name: String,
    /// Phone number to sign in with.
    pub phone: String,
    /// The password of all of them.
    pub password: String,
}

/// Fills the database, unless a county is in it. Says whether it did.
///
/// # Errors
/// The database says no.
pub async fn run(_opened: &Opened, _size: Size) -> Result<bool> {
    Ok(false)
}

/// The demo's accounts, if the demo filled this database; else nothing.
///
/// # Errors
/// The database does not answer.
pub async fn accounts(_opened: &Opened) -> Result<Vec<DemoAccount>> {
    Ok(Vec::new())
}
