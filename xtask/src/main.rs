//! Builds what browsers load: wasm, styles, hashed names, the precache list, compressed copies.
//!
//! Not for what the server does with it: see `server/src/site.rs` and `public/boot.js`.

mod bundle;
mod site;
mod watch;
mod words;
mod workspace;

use anyhow::{Result, bail};
use workspace::Workspace;

/// How much time a build may take for how small a site.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// Quick to build, for working on the app.
    Dev,
    /// What phones load.
    Release,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let workspace = Workspace::find()?;
    match words.as_slice() {
        ["site"] | ["site", "--release"] => site::build(&workspace, Effort::Release),
        ["site", "--dev"] => site::build(&workspace, Effort::Dev),
        ["watch", serve @ ..] => watch::run(&workspace, serve),
        _ => bail!(
            "usage: cargo xtask site [--release | --dev]\n       cargo xtask watch [arguments of `qiaomen serve`]"
        ),
    }
}
