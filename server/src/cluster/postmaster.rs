//! The Postgres process of a data folder, known by the file it keeps there and by where it works.

use super::{END, failed, lines, wait};
use crate::error::Result;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

/// A process that runs, or ran a moment ago.
#[derive(Debug)]
pub(super) struct Postmaster {
    pid: Pid,
    folder: PathBuf,
}

impl Postmaster {
    /// The process that runs on these files now. A number that the file names but that belongs to
    /// somebody else by now is nobody.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let pid = lines(&folder.join("postmaster.pid")).first()?.trim().parse().ok()?;
        let found = Self { pid: Pid::from_raw(pid)?, folder: folder.to_owned() };
        found.works_here().then_some(found)
    }

    /// The process of a child: `setpriv` becomes what it starts.
    pub(super) fn of_child(child: &Child) -> Option<Self> {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw)?;
        Some(Self { pid, folder: PathBuf::new() })
    }

    fn works_here(&self) -> bool {
        let process = format!("/proc/{}/cwd", self.pid.as_raw_nonzero());
        match (fs::read_link(process), self.folder.canonicalize()) {
            (Ok(works_in), Ok(folder)) => works_in == folder,
            _ => false,
        }
    }

    /// Whether it lets us in: it says so in the eighth line of its file.
    pub(super) fn is_ready(&self) -> bool {
        lines(&self.folder.join("postmaster.pid")).get(7).is_some_and(|line| line.trim() == "ready")
    }

    /// Ends it and waits for it.
    ///
    /// # Errors
    /// It does not end.
    pub(super) fn end(&self) -> Result<()> {
        self.end_by(|| Ok(!self.works_here()))
    }

    /// Ends it: in order, then at once, which the next start repairs, then by force.
    pub(super) fn end_by(&self, mut has_ended: impl FnMut() -> Result<bool, ()>) -> Result<()> {
        for (signal, patience) in
            [(Signal::INT, END), (Signal::QUIT, END), (Signal::KILL, Duration::from_secs(5))]
        {
            // It may have ended by itself.
            let _ = kill_process(self.pid, signal);
            if wait(patience, &mut has_ended).is_ok() {
                return Ok(());
            }
        }
        Err(failed(format!("process {} does not end", self.pid.as_raw_nonzero())))
    }
}
