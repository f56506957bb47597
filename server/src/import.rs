//! Reads rosters and staff lists. What the cells of a roster mean is `domain::roster`; here are files,
//! the database, and the sentences for whoever sits before the file.

pub mod file;
mod known;
pub mod places;
pub mod report;
pub mod roster;
mod sentence;
pub mod staff;

pub(crate) use known::keep_ids;

use crate::config::Opened;
use crate::error::{Error, Result};
use chrono::Utc;
use clap::Subcommand;
use domain::calendar::local_date;
use file::Unreadable;
use places::NewSchool;
use report::Report;
use roster::Roster;
use staff::{Slip, StaffReport};
use std::path::{Path, PathBuf};

/// What to read in.
#[derive(Subcommand, Clone, Debug)]
pub enum Import {
    /// A roster of students (学籍表): .xlsx, .xls or .csv
    ///
    /// Takes the national template and what offices make of it. The same file again changes nothing; a
    /// corrected file changes what differs. Children it lacks are asked about, never removed. Each row
    /// that is refused is told with what to do, and stops no other.
    Roster {
        /// The file
        file: PathBuf,
        /// Code of the school (学校标识码)
        #[arg(long, env = "QIAOMEN_SCHOOL", value_name = "CODE")]
        school: String,
        /// Only says what would happen; writes nothing
        #[arg(long, env = "QIAOMEN_CHECK")]
        check: bool,
        /// Prints one JSON object
        #[arg(long, env = "QIAOMEN_JSON")]
        json: bool,
        /// What a school and county are called that are not there yet
        #[command(flatten)]
        new_school: NewSchool,
    },
    /// A list of staff and villages (教职工、村): .xlsx, .xls or .csv
    ///
    /// Makes accounts with one-time passwords, roles and villages. Whoever has an account keeps it and
    /// its password; roles are only added.
    Staff {
        /// The file
        file: PathBuf,
        /// Code of the school (学校标识码)
        #[arg(long, env = "QIAOMEN_SCHOOL", value_name = "CODE")]
        school: String,
        /// What a school and county are called that are not there yet
        #[command(flatten)]
        new_school: NewSchool,
        /// Name of the township of the villages, if it is not there yet
        #[arg(long, env = "QIAOMEN_TOWNSHIP_NAME", value_name = "NAME")]
        township_name: Option<String>,
        /// Writes the slips with the passwords there, as a page to print, instead of listing them
        #[arg(long, env = "QIAOMEN_SLIPS", value_name = "FILE.html")]
        slips: Option<PathBuf>,
        /// The address to open, for the slips
        #[arg(long, env = "QIAOMEN_ADDRESS", value_name = "URL")]
        address: Option<String>,
    },
}

/// Reads it in and prints what became of it. Says whether the file could be read: rows that were
/// refused stop no other.
///
/// # Errors
/// No such school, or the database says no: then nothing was written.
pub async fn run(opened: &Opened, what: Import) -> Result<bool> {
    match what {
        Import::Roster { file, school, check, json, new_school } => {
            let code = school.trim();
            let (report, read) = match sheets(&file).await? {
                Ok(sheets) => {
                    let roster = Roster { code, sheets: &sheets, check, new_school: &new_school };
                    (roster::import(&opened.database, &opened.secret, &roster, Utc::now()).await?, true)
                }
                Err(why) => (Report::unreadable(why), false),
            };
            if json {
                let json = serde_json::to_string(&report).map_err(|e| Error::Internal(e.to_string()))?;
                println!("{json}");
            } else {
                print!("{}", report.page());
            }
            Ok(read)
        }
        Import::Staff { file, school, new_school, township_name, slips, address } => {
            let code = school.trim();
            let today = local_date(Utc::now());
            let sheets = match blocking(move || file::read(&file)).await? {
                Ok(sheets) => sheets,
                Err(why) => return Ok(unreadable(why)),
            };
            let township = township_name.as_deref();
            let report = staff::import(&opened.database, code, &sheets, &new_school, township, today).await?;
            match report {
                Ok(report) => print_staff(&report, slips.as_deref(), address.as_deref()).map(|()| true),
                Err(why) => Ok(unreadable(why)),
            }
        }
    }
}

fn unreadable(why: Unreadable) -> bool {
    println!("{}", why.sentence());
    false
}

fn print_staff(report: &StaffReport, slips: Option<&Path>, address: Option<&str>) -> Result<()> {
    println!(
        "新账号 {} · 已有 {} · 村 {} · 退回 {}",
        report.slips.len(),
        report.known,
        report.villages,
        report.refused.len()
    );
    if !report.new_classes.is_empty() {
        println!("新建的班：{}", report.new_classes.join("、"));
    }
    for item in &report.refused {
        println!("退回  {}", item.message);
    }
    match slips {
        Some(file) => print_slips(file, &report.slips, address)?,
        None => {
            for slip in &report.slips {
                println!("{}\t{}\t{}\t{}", slip.phone, slip.password, slip.name, slip.posts);
            }
        }
    }
    Ok(())
}

/// Writes slips as a page to print, and says where.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn print_slips(file: &Path, slips: &[Slip], address: Option<&str>) -> Result<()> {
    write_private(file, &staff::page(slips, address))?;
    println!("账号条写在 {}，打印后请删掉。", file.display());
    Ok(())
}

/// For its owner's eyes.
fn write_private(file: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let open = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file);
    open.and_then(|mut opened| opened.write_all(text.as_bytes()))
        .map_err(|e| Error::Internal(format!("{}: {e}", file.display())))
}

/// The sheets of a file that has a roster in it.
async fn sheets(file: &Path) -> Result<std::result::Result<Vec<domain::roster::Sheet>, Unreadable>> {
    let file = file.to_owned();
    blocking(move || {
        let sheets = file::read(&file)?;
        let has_roster = sheets.iter().any(|sheet| domain::roster::Header::find(sheet).is_some());
        if has_roster { Ok(sheets) } else { Err(Unreadable::NoHeader) }
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::Internal(e.to_string()))
}
