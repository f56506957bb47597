//! The site folder: everything under a name that changes with its content, a list of those names
//! for the server, a list for the service worker, and compressed copies.
//!
//! `assets.json` maps a logical name (`phone.js`) to its address (`/assets/phone.<hash>.js`);
//! its key `build` stands for all of them together.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::Effort;
use crate::bundle::{self, Bundle};
use crate::words::put_beside;
use crate::workspace::{Workspace, files_below, short};

/// Style sheets: the file in `style/` and the name it gets. The first must be there.
const STYLES: [(&str, &str); 3] =
    [("main.scss", "app.css"), ("desk.scss", "desk.css"), ("answer.scss", "answer.css")];

/// Only asked for online: the desk, and the page of those who answer without an account.
const NOT_PRECACHED: [&str; 2] = ["desk.", "answer."];

/// What a phone loads before the first screen stands.
const FIRST_LOAD: [&str; 5] = ["phone.", "loader.", "app.", "boot.", "theme."];

/// Builds `target/site`, whole, beside the old one, then takes the old one's place.
pub(crate) fn build(workspace: &Workspace, effort: Effort) -> Result<()> {
    let place = workspace.target.join("site");
    let mut site = Site::new(workspace, effort)?;
    site.add_bundles()?;
    site.add_styles()?;
    site.add_public()?;
    site.add_pages()?;
    site.add_words()?;
    site.finish()?;
    let built = site.sizes.keys().any(|address| !place.join(address.trim_start_matches('/')).exists());
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::rename(&site.folder, &place)?;
    if built {
        site.print_sizes();
    }
    Ok(())
}

struct Site<'a> {
    workspace: &'a Workspace,
    effort: Effort,
    folder: PathBuf,
    /// Logical name → address.
    assets: BTreeMap<String, String>,
    /// Address → bytes raw and in brotli.
    sizes: BTreeMap<String, (usize, usize)>,
    /// Files under names of their own that phones keep for offline.
    kept: Vec<String>,
}

impl<'a> Site<'a> {
    fn new(workspace: &'a Workspace, effort: Effort) -> Result<Self> {
        let folder = workspace.target.join("site.new");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("assets"))?;
        Ok(Self {
            workspace,
            effort,
            folder,
            assets: BTreeMap::new(),
            sizes: BTreeMap::new(),
            kept: Vec::new(),
        })
    }

    fn add_bundles(&mut self) -> Result<()> {
        for name in bundle::NAMES {
            let mut bundle = match Bundle::build(self.workspace, name, self.effort) {
                // While somebody works on one bundle, the others can be looked at.
                Err(error) if self.effort == Effort::Dev && name != bundle::FIRST => {
                    println!("site: without {name}: {error:#}");
                    continue;
                }
                built => built?,
            };
            for (n, (import, module)) in bundle.snippets.iter().enumerate() {
                let address = self.add_hashed(&format!("{name}.snippet{n}.js"), module.as_bytes())?;
                bundle.js = bundle.js.replace(import, &address);
            }
            self.add_hashed(&format!("{name}.wasm"), &bundle.wasm)?;
            match bundle.parts {
                Some((loader, parts)) => self.add_parts(name, bundle.js, loader, &parts)?,
                None => self.add_hashed(&format!("{name}.js"), bundle.js.as_bytes()).map(drop)?,
            }
        }
        Ok(())
    }

    /// Glue and loader name each other, so they share one hash.
    fn add_parts(
        &mut self,
        name: &str,
        js: String,
        mut loader: String,
        parts: &[(String, Vec<u8>)],
    ) -> Result<()> {
        for (part, wasm) in parts {
            let address = self.add_hashed(part.trim_start_matches("split_"), wasm)?;
            // `boot.js` may have begun to compile it already.
            let fetched = format!("fetch(new URL(\"./{part}\", import.meta.url))");
            loader = loader.replace(&fetched, &format!("window.qiaomen.part(\"{address}\")"));
        }
        let loader = loader.replace("instantiateStreaming(src,", "instantiate(await src,");
        ensure!(!loader.contains("fetch("), "the splitter's loader fetches in a way of its own");
        let hash = short(Sha256::new_with_prefix(&js).chain_update(&loader));
        let (js_at, loader_at) = (format!("/assets/{name}.{hash}.js"), format!("/assets/loader.{hash}.js"));
        // The name under which the wasm asks for it stays.
        let js = js.replace(&format!("from \"{}\"", bundle::LOADER), &format!("from \"{loader_at}\""));
        let loader = loader.replace(&format!("./{name}.js"), &js_at);
        self.write(&js_at, js.as_bytes())?;
        self.write(&loader_at, loader.as_bytes())?;
        self.assets.insert(format!("{name}.js"), js_at);
        self.assets.insert("loader.js".to_owned(), loader_at);
        Ok(())
    }

    fn add_styles(&mut self) -> Result<()> {
        let options = grass::Options::default().style(match self.effort {
            Effort::Dev => grass::OutputStyle::Expanded,
            Effort::Release => grass::OutputStyle::Compressed,
        });
        for (n, (source, name)) in STYLES.iter().enumerate() {
            let path = self.workspace.root.join("style").join(source);
            if n > 0 && !path.exists() {
                continue;
            }
            let css = grass::from_path(&path, &options).with_context(|| format!("style/{source}"))?;
            self.add_hashed(name, css.as_bytes())?;
        }
        Ok(())
    }

    /// Scripts get hashed names; the manifest, icons and the service worker must keep theirs.
    fn add_public(&mut self) -> Result<()> {
        let public = self.workspace.root.join("public");
        for file in files_below(&public)? {
            let name = file.strip_prefix(&public)?.to_string_lossy().into_owned();
            let content = fs::read(&file)?;
            if name == "sw.js" || name.ends_with(".html") {
                continue;
            } else if name.ends_with(".js") {
                self.add_hashed(&name, &content)?;
            } else {
                let address = format!("/{name}");
                self.write(&address, &content)?;
                // The system asks for these when it puts the app on the home screen, never later.
                if !name.ends_with(".png") {
                    self.kept.push(address);
                }
            }
        }
        Ok(())
    }

    /// Languages that are loaded when chosen, one file each. Chinese is in the bundles.
    fn add_words(&mut self) -> Result<()> {
        let locales = self.workspace.root.join("app/locales");
        let mut languages: BTreeMap<String, serde_json::Map<String, serde_json::Value>> = BTreeMap::new();
        for file in files_below(&locales)? {
            let place = file.strip_prefix(&locales)?;
            let language = place.components().next().context("a locale has a folder")?;
            let words: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&fs::read(&file)?)
                .with_context(|| format!("app/locales/{}", place.display()))?;
            put_beside(
                languages.entry(language.as_os_str().to_string_lossy().into_owned()).or_default(),
                words,
            )
            .with_context(|| format!("app/locales/{}", place.display()))?;
        }
        languages.remove("zh-CN");
        for (language, words) in languages {
            self.add_hashed(&format!("{language}.json"), &serde_json::to_vec(&words)?)?;
        }
        Ok(())
    }

    /// Pages ask for scripts and styles as `{answer.js}` and get their addresses.
    fn add_pages(&mut self) -> Result<()> {
        let public = self.workspace.root.join("public");
        for file in files_below(&public)?.iter().filter(|file| file.extension().is_some_and(|e| e == "html"))
        {
            let page = fs::read_to_string(file)?;
            let page = self
                .assets
                .iter()
                .fold(page, |page, (name, address)| page.replace(&format!("{{{name}}}"), address));
            self.write(&format!("/{}", file.strip_prefix(&public)?.display()), page.as_bytes())?;
        }
        Ok(())
    }

    /// The two lists, which need all the others.
    fn finish(&mut self) -> Result<()> {
        let worker = fs::read_to_string(self.workspace.root.join("public/sw.js"))?;
        let precache: Vec<&String> = self
            .assets
            .iter()
            .filter(|(name, _)| !NOT_PRECACHED.iter().any(|prefix| name.starts_with(prefix)))
            .map(|(_, address)| address)
            .chain(&self.kept)
            .collect();
        let precache = serde_json::to_string(&precache)?;

        // The shell is rendered by `app` and changes with it, and phones must fetch it anew then.
        let mut digest = self.workspace.digest(&["app/src", "public"])?;
        digest.update(serde_json::to_string(&self.assets)?);
        let build = short(digest);

        let worker = worker.replace("__BUILD__", &build).replace("\"__PRECACHE__\"", &precache);
        self.write("/sw.js", worker.as_bytes())?;

        let mut assets = self.assets.clone();
        assets.insert("build".to_owned(), build);
        fs::write(self.folder.join("assets.json"), serde_json::to_string_pretty(&assets)?)?;
        Ok(())
    }

    fn add_hashed(&mut self, name: &str, content: &[u8]) -> Result<String> {
        let hash = short(Sha256::new_with_prefix(content));
        let (stem, extension) = name.rsplit_once('.').context("an asset's name has an extension")?;
        let address = format!("/assets/{stem}.{hash}.{extension}");
        self.write(&address, content)?;
        self.assets.insert(name.to_owned(), address.clone());
        Ok(address)
    }

    fn write(&mut self, address: &str, content: &[u8]) -> Result<()> {
        let path = self.folder.join(address.trim_start_matches('/'));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content)?;
        let mut brotli_size = content.len();
        if shrinks(&path) {
            for encoding in [Encoding::Brotli, Encoding::Gzip] {
                let copy = self.compressed(content, encoding)?;
                if encoding == Encoding::Brotli {
                    brotli_size = copy.len();
                }
                let mut beside = path.clone().into_os_string();
                beside.push(encoding.suffix());
                fs::write(beside, copy)?;
            }
        }
        self.sizes.insert(address.to_owned(), (content.len(), brotli_size));
        Ok(())
    }

    /// The compressed copy, kept from the last build if the content was the same.
    fn compressed(&self, content: &[u8], encoding: Encoding) -> Result<Vec<u8>> {
        let level = encoding.level(self.effort);
        let folder = self.workspace.target.join("bundles").join("compressed");
        let hash = short(Sha256::new_with_prefix(content));
        let known = folder.join(format!("{hash}.{level}{}", encoding.suffix()));
        if known.exists() {
            return Ok(fs::read(known)?);
        }
        let copy = encoding.compress(content, level)?;
        fs::create_dir_all(&folder)?;
        fs::write(known, &copy)?;
        Ok(copy)
    }

    fn print_sizes(&self) {
        println!("{:<40} {:>12} {:>12}", "site (KiB)", "raw", "brotli");
        let kib = |bytes: usize| format!("{:.1}", bytes as f64 / 1024.0);
        for (address, (raw, brotli)) in &self.sizes {
            println!("{address:<40} {:>12} {:>12}", kib(*raw), kib(*brotli));
        }
        let first_load = self
            .assets
            .iter()
            .filter(|(name, _)| FIRST_LOAD.iter().any(|prefix| name.starts_with(prefix)))
            .filter_map(|(_, address)| self.sizes.get(address))
            .fold((0, 0), |(raw, brotli), size| (raw + size.0, brotli + size.1));
        println!(
            "{:<40} {:>12} {:>12}",
            "first load of the phone, shell aside",
            kib(first_load.0),
            kib(first_load.1)
        );
    }
}

fn shrinks(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("js" | "json" | "wasm" | "css" | "svg" | "html" | "txt" | "webmanifest"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }

    const fn level(self, effort: Effort) -> u32 {
        match (self, effort) {
            (Self::Brotli, Effort::Release) => 11,
            (Self::Brotli, Effort::Dev) => 5,
            (Self::Gzip, Effort::Release) => 9,
            (Self::Gzip, Effort::Dev) => 1,
        }
    }

    fn compress(self, content: &[u8], level: u32) -> Result<Vec<u8>> {
        let mut copy = Vec::new();
        match self {
            Self::Brotli => {
                brotli::CompressorWriter::new(&mut copy, 1 << 16, level, 22).write_all(content)?;
            }
            Self::Gzip => {
                let mut writer = flate2::write::GzEncoder::new(&mut copy, flate2::Compression::new(level));
                writer.write_all(content)?;
                writer.finish()?;
            }
        }
        Ok(copy)
    }
}
