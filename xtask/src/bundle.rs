//! One wasm bundle: the crate `app` with one feature, compiled, and its glue in JavaScript.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use sha2::Digest;
use wasm_bindgen_cli_support::Bindgen;

use crate::Effort;
use crate::workspace::{Workspace, cargo, short};

/// The bundles, by the feature of `app` that makes each.
pub(crate) const NAMES: [&str; 3] = [FIRST, "desk", "scan"];

/// The bundle without which there is no site.
pub(crate) const FIRST: &str = "phone";

/// What a bundle is made of; the same, and nothing is compiled.
const INPUTS: [&str; 7] =
    ["xtask/src/bundle.rs", "Cargo.toml", "Cargo.lock", ".cargo", "domain/Cargo.toml", "domain/src", "app"];

/// The module that fetches what is split off a bundle, as the bundle imports it.
pub(crate) const LOADER: &str = "./loader.js";

/// The module that fetches parts of a bundle, and each of them by the name it is fetched under.
pub(crate) type Parts = (String, Vec<(String, Vec<u8>)>);

pub(crate) struct Bundle {
    pub(crate) wasm: Vec<u8>,
    pub(crate) js: String,
    /// What is split off and fetched when it is needed.
    pub(crate) parts: Option<Parts>,
    /// Modules the glue imports, by the path it imports them from.
    pub(crate) snippets: Vec<(String, String)>,
}

impl Bundle {
    /// Compiles a bundle, or takes the last one if nothing has changed since.
    pub(crate) fn build(workspace: &Workspace, name: &str, effort: Effort) -> Result<Self> {
        let profile = match effort {
            Effort::Dev => "wasm-dev",
            Effort::Release => "wasm",
        };
        let folder = workspace.target.join("bundles").join(profile).join(name);
        let stamp = folder.join("stamp");
        let inputs = inputs(workspace)?;
        if fs::read_to_string(&stamp).is_ok_and(|known| known == inputs) {
            return Self::read(&folder, name);
        }
        let started = std::time::Instant::now();
        println!("site: compiling {name} ({profile})");
        let compiled = compile(workspace, name, profile)?;
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        // Only this bundle is carried over slow lines, and only it has parts.
        let main = if name == FIRST { split(&compiled, &folder)? } else { compiled };
        Bindgen::new()
            .input_path(main)
            .keep_lld_exports(name == FIRST)
            .out_name(name)
            .web(true)?
            .typescript(false)
            .omit_default_module_path(true)
            .remove_name_section(effort == Effort::Release)
            .remove_producers_section(true)
            .generate(&folder)
            .with_context(|| format!("wasm-bindgen for {name}"))?;
        fs::write(&stamp, inputs)?;
        println!("site: {name} done in {} s", started.elapsed().as_secs());
        Self::read(&folder, name)
    }

    fn read(folder: &Path, name: &str) -> Result<Self> {
        let mut snippets = Vec::new();
        for file in crate::workspace::files_below(&folder.join("snippets"))? {
            let path = file.strip_prefix(folder)?.to_string_lossy().into_owned();
            snippets.push((format!("./{path}"), fs::read_to_string(&file)?));
        }
        Ok(Self {
            wasm: fs::read(folder.join(format!("{name}_bg.wasm")))?,
            js: fs::read_to_string(folder.join(format!("{name}.js")))?,
            parts: (name == FIRST).then(|| parts(folder)).transpose()?,
            snippets,
        })
    }
}

/// Splits off what the source marks with `wasm_split`; what is left is the main part.
fn split(compiled: &Path, folder: &Path) -> Result<PathBuf> {
    let input = fs::read(compiled)?;
    let parts = folder.join("parts");
    let main = folder.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = &parts;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = "./phone.js";
    wasm_split_cli_support::transform(options).map_err(|error| anyhow!("splitting: {error:#}"))?;
    Ok(main)
}

fn parts(folder: &Path) -> Result<Parts> {
    let folder = folder.join("parts");
    let mut parts = Vec::new();
    for file in crate::workspace::files_below(&folder)? {
        if file.extension().is_some_and(|extension| extension == "wasm") {
            let name = file.file_name().context("a part has a name")?.to_string_lossy().into_owned();
            parts.push((name, compact(&fs::read(&file)?)?));
        }
    }
    Ok((fs::read_to_string(folder.join("loader.js"))?, parts))
}

/// Without names and without the room that relocations leave in every number.
fn compact(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = walrus::ModuleConfig::new()
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse(wasm)
        .map_err(|error| anyhow!("a part of the bundle: {error:#}"))?;
    Ok(module.emit_wasm())
}

/// A digest of all that a bundle is made of, the compiler included.
fn inputs(workspace: &Workspace) -> Result<String> {
    let compiler = std::process::Command::new("rustc").arg("-vV").output()?;
    let mut digest = workspace.digest(&INPUTS)?;
    digest.update(&compiler.stdout);
    Ok(short(digest))
}

fn compile(workspace: &Workspace, feature: &str, profile: &str) -> Result<PathBuf> {
    let target = "wasm32-unknown-unknown";
    let folder = workspace.target.join(target).join(profile);
    let wasm = folder.join("app.wasm");
    // Every feature compiles to the same file name, and cargo may take the file of another
    // feature for its own: without the file it cannot.
    for stale in [&wasm, &folder.join("deps").join("app.wasm")] {
        if stale.exists() {
            fs::remove_file(stale)?;
        }
    }
    // Erased components are smaller. Where the crates lie on this machine is nobody's business and
    // costs bytes.
    let home = std::env::home_dir().unwrap_or_default().join(".cargo");
    let home = std::env::var_os("CARGO_HOME").map_or(home, PathBuf::from);
    let sources = format!("--remap-path-prefix={}=", home.join("registry/src").display());
    // Relocations tell the splitter what belongs to what.
    let linker: &[&str] = if feature == FIRST { &["-Clink-args=--emit-relocs"] } else { &[] };
    let status = cargo()
        .args(["rustc", "--package", "app", "--lib"])
        .args(["--target", target, "--profile", profile])
        .args(["--no-default-features", "--features", feature])
        .args([
            "--config",
            &format!("target.{target}.rustflags = {:?}", ["--cfg=erase_components", &sources]),
        ])
        .arg("--")
        .args(linker)
        .current_dir(&workspace.root)
        .status()?;
    ensure!(status.success(), "{feature} does not compile");
    Ok(wasm)
}
