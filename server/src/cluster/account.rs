//! Whom Postgres runs as: it refuses root, so a server that runs as root runs it as `postgres`.

use super::{at, failed};
use crate::error::Result;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::process::Command;

/// The account of the system that Debian's package makes.
const NAME: &str = "postgres";

/// Whom Postgres runs as.
#[derive(Debug)]
pub(super) enum RunAs {
    /// As ourselves.
    Ourselves,
    /// As another account, since we are root.
    Other { user: u32, group: u32 },
}

impl RunAs {
    /// As ourselves, unless we are root.
    pub(super) fn find() -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        Ok(Self::Other { user: id("-u")?, group: id("-g")? })
    }

    /// Every folder on the way to the data must let that account through.
    pub(super) fn must_reach(&self, data: &Path) -> Result<()> {
        let Self::Other { user, group } = *self else { return Ok(()) };
        for folder in data.ancestors().skip(1) {
            let known = folder.metadata().map_err(at(folder))?;
            let through = match () {
                () if known.uid() == user => 0o100,
                () if known.gid() == group => 0o010,
                () => 0o001,
            };
            if known.mode() & through == 0 {
                return Err(failed(format!(
                    "{} is closed to the account {NAME}, which Postgres must run as under root; \
                     choose another folder with --data, or start as another account",
                    folder.display()
                )));
            }
        }
        // The folder itself may have been made by a careful umask.
        let mode = data.metadata().map_err(at(data))?.mode();
        fs::set_permissions(data, Permissions::from_mode(mode & 0o7777 | 0o111)).map_err(at(data))
    }

    /// A folder that only that account opens.
    pub(super) fn make_folder(&self, path: &Path) -> Result<()> {
        fs::create_dir(path).map_err(at(path))?;
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(at(path))?;
        if let Self::Other { user, group } = *self {
            chown(path, Some(user), Some(group)).map_err(at(path))?;
        }
        Ok(())
    }

    /// A program run as that account.
    pub(super) fn command(&self, program: &Path) -> Command {
        match self {
            Self::Ourselves => Command::new(program),
            Self::Other { .. } => {
                let mut command = setpriv(self);
                command.arg(program);
                command
            }
        }
    }

    /// The same, which goes on after us and therefore keeps nothing open that somebody handed down to us:
    /// a lock of theirs would be held as long as it runs.
    pub(super) fn command_that_goes_on(&self, program: &Path) -> Command {
        let inner = self.command(program);
        let mut command = Command::new("sh");
        command.args(["-c", "exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; exec \"$@\"", "sh"]);
        command.arg(inner.get_program()).args(inner.get_args());
        command
    }

    /// The same, which the system asks to end when the thread that starts it ends: the main thread's end
    /// is the process's, also by kill -9.
    pub(super) fn command_that_ends_with_us(&self, program: &Path) -> Command {
        let mut command = setpriv(self);
        // SIGINT is Postgres' fast shutdown.
        command.args(["--pdeathsig", "INT"]).arg(program);
        command
    }
}

fn setpriv(run_as: &RunAs) -> Command {
    let mut command = Command::new("setpriv");
    if let RunAs::Other { .. } = run_as {
        command.args(["--reuid", NAME, "--regid", NAME, "--init-groups"]);
    }
    command
}

fn id(which: &str) -> Result<u32> {
    let output = Command::new("id").args([which, NAME]).output().map_err(at(Path::new("id")))?;
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .map_err(|_| failed(format!("as root, Postgres runs as the account {NAME}, and there is none")))
}
