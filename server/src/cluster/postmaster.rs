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
        works_in(self.pid, &self.folder)
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

/// Ends the processes that a postmaster left at work on these files when it was killed alone. They end
/// by themselves, but only once they get to it, and until then no other starts.
///
/// # Errors
/// They do not end.
pub(super) fn end_workers(folder: &Path) -> Result<()> {
    wait(END, || {
        let left = workers(folder);
        for pid in &left {
            // It may have ended by itself.
            let _ = kill_process(*pid, Signal::KILL);
        }
        Ok(left.is_empty())
    })
    .map_err(|()| failed(format!("{}: processes of an earlier Postgres do not end", folder.display())))
}

fn workers(folder: &Path) -> Vec<Pid> {
    let names = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.file_name());
    let pids = names.filter_map(|name| Pid::from_raw(name.to_str()?.parse().ok()?));
    // Somebody may look around in there; that is no reason to end them.
    let is_postgres = |pid: &Pid| {
        let name = fs::read_to_string(format!("/proc/{}/comm", pid.as_raw_nonzero()));
        name.is_ok_and(|name| name.trim_end() == "postgres")
    };
    pids.filter(|pid| works_in(*pid, folder)).filter(is_postgres).collect()
}

fn works_in(pid: Pid, folder: &Path) -> bool {
    let process = format!("/proc/{}/cwd", pid.as_raw_nonzero());
    match (fs::read_link(process), folder.canonicalize()) {
        (Ok(works_in), Ok(folder)) => works_in == folder,
        _ => false,
    }
}
