//! `qiaomen`: the verbs of the command line.

#![forbid(unsafe_code)]

use chrono::Utc;
use clap::{Parser, Subcommand};
use domain::calendar::local_date;
use server::account::{self, User};
use server::config::{Log, Opened, Serve, Where};
use server::demo::{self, Demo};
use server::import::{self, Import};
use server::settings::{self, Set};
use server::sync::nightly;
use server::{Error, Result, http, restored, verify};
use std::process::ExitCode;

/// A fifth of the server's work on a push was the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 敲门: keeps every child in school; one file for each, also without signal
///
/// Every flag is also an environment variable. Without --database-url, qiaomen runs a Postgres of its
/// own in --data; commands beside a running server use that server's.
#[derive(Parser)]
#[command(name = "qiaomen", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    log: Log,
}

const EXAMPLES: &str = "\
Examples:
  qiaomen serve --demo                          the demo school on http://127.0.0.1:3000
  qiaomen serve --data /srv/qiaomen --tls --trust-proxy   a county's server behind a TLS proxy
  qiaomen import staff staff.xlsx --school 9901010202
  qiaomen import roster roster.xlsx --school 9901010202 --check
  qiaomen user reset-password 14400000001       prints a one-time password
  qiaomen set policy policy.json --county 990101 --check
  qiaomen restored                              after the database came back from a backup
  qiaomen verify                                exit code 1 if anything stored was changed";

#[derive(Subcommand)]
enum Command {
    /// Serves phones and desks; brings the database to this version's shape first
    Serve(Serve),
    /// Brings the database to this version's shape and ends
    Migrate {
        #[command(flatten)]
        place: Where,
    },
    /// Reads in rosters and staff lists
    Import {
        #[command(subcommand)]
        what: Import,
        #[command(flatten)]
        place: Where,
    },
    /// Keeps accounts: add, list, reset-password, disable, enable
    User {
        #[command(subcommand)]
        what: User,
        #[command(flatten)]
        place: Where,
    },
    /// Keeps what differs by county and school: policy, calendar, school
    Set {
        #[command(subcommand)]
        what: Set,
        #[command(flatten)]
        place: Where,
    },
    /// Fills an empty database with an invented county to try things with
    Demo {
        #[command(flatten)]
        what: Demo,
        #[command(flatten)]
        place: Where,
    },
    /// Does what a new day asks for (a running server does it by itself): duties, cards, seals
    Nightly {
        #[command(flatten)]
        place: Where,
    },
    /// Says that the database came back from a backup: phones then fetch everything and send what it lacks
    ///
    /// End the server, restore, run this, start it again. Needs --owner-url beside --database-url.
    Restored {
        #[command(flatten)]
        place: Where,
    },
    /// Walks the chain of everything stored; exit code 1 if anything was changed or is missing
    Verify {
        #[command(flatten)]
        place: Where,
    },
}

impl Command {
    const fn place(&self) -> &Where {
        match self {
            Self::Serve(Serve { place, .. })
            | Self::Migrate { place }
            | Self::Import { place, .. }
            | Self::User { place, .. }
            | Self::Set { place, .. }
            | Self::Demo { place, .. }
            | Self::Nightly { place }
            | Self::Restored { place }
            | Self::Verify { place } => place,
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match http::log_to_stderr(&cli.log).and_then(|()| run(cli.command)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("qiaomen: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says whether all went well.
fn run(command: Command) -> Result<bool> {
    // The cluster ends with the thread that begins it, so this is done on the main one.
    let alone = matches!(command, Command::Serve(_));
    let cluster = command.place().begin_cluster(alone)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|e| Error::Internal(e.to_string()))?;
    runtime.block_on(async {
        let mut opened = command.place().open(cluster).await?;
        let done = obey(command, &mut opened).await;
        opened.close().await?;
        done
    })
}

async fn obey(command: Command, opened: &mut Opened) -> Result<bool> {
    match command {
        Command::Serve(serve) => http::serve(serve, opened).await.map(|()| true),
        Command::Migrate { .. } => Ok(true),
        Command::Import { what, .. } => import::run(opened, what).await,
        Command::User { what, .. } => account::run(opened, what).await.map(|()| true),
        Command::Set { what, .. } => settings::run(opened, what).await.map(|()| true),
        Command::Demo { what, .. } => {
            if demo::run(opened, what.size).await? {
                return Ok(true);
            }
            eprintln!("qiaomen: the database is not empty; nothing was filled in");
            Ok(false)
        }
        Command::Nightly { .. } => {
            nightly::run(&opened.database, local_date(Utc::now())).await.map(|()| true)
        }
        Command::Restored { .. } => restored::run(opened).await.map(|()| true),
        Command::Verify { .. } => verify::run(opened).await,
    }
}
