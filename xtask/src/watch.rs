//! For working on it: builds again and starts the server again whenever a source changes.

use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use crate::workspace::{Workspace, cargo, files_below};
use crate::{Effort, site};

const SOURCES: [&str; 7] =
    ["Cargo.toml", "app", "domain/src", "public", "server/migrations", "server/src", "style"];

/// Goes on until interrupted; a build that fails leaves the last server running.
pub(crate) fn run(workspace: &Workspace, serve: &[&str]) -> Result<()> {
    let mut server: Option<Child> = None;
    let mut seen = None;
    loop {
        let newest = newest(workspace)?;
        if seen != newest {
            seen = newest;
            if build(workspace) {
                stop(server.take())?;
                server = Some(start(workspace, serve)?);
            } else {
                println!("watch: not built; the last server goes on");
            }
        }
        sleep(Duration::from_millis(300));
    }
}

fn newest(workspace: &Workspace) -> Result<Option<SystemTime>> {
    let mut newest = None;
    for source in SOURCES {
        for file in files_below(&workspace.root.join(source))? {
            // A file may vanish between being listed and being asked: an editor's, say.
            if let Ok(changed) = file.metadata().and_then(|known| known.modified()) {
                newest = newest.max(Some(changed));
            }
        }
    }
    Ok(newest)
}

fn build(workspace: &Workspace) -> bool {
    if let Err(error) = site::build(workspace, Effort::Dev) {
        println!("watch: {error:#}");
        return false;
    }
    cargo()
        .args(["build", "--quiet", "--package", "server"])
        .current_dir(&workspace.root)
        .status()
        .is_ok_and(|status| status.success())
}

fn start(workspace: &Workspace, serve: &[&str]) -> Result<Child> {
    Ok(Command::new(workspace.target.join("debug/qiaomen"))
        .arg("serve")
        .arg("--site")
        .arg(workspace.target.join("site"))
        .args(serve)
        .current_dir(&workspace.root)
        .spawn()?)
}

/// Asks it to end, so that it ends its database too.
fn stop(server: Option<Child>) -> Result<()> {
    if let Some(mut server) = server {
        Command::new("kill").arg(server.id().to_string()).status()?;
        server.wait()?;
    }
    Ok(())
}
