//! The words of the app: every key that is used exists, languages say the same things, and no text
//! says what a family, a teacher or a cadre must not read (ux 10).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const FILES: [&str; 4] = ["house", "visit", "village", "desk"];

/// What never stands on the glass or in front of an office: blame, threats, labels for children, talk of
/// technology. Screens are looked through for the same words (`end2end/forbidden.ts`).
fn forbidden() -> Vec<String> {
    serde_json::from_str(&fs::read_to_string(folder().join("tests/forbidden.json")).unwrap()).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn flatten(prefix: &str, tree: &Value, into: &mut BTreeMap<String, String>) {
    match tree {
        Value::Object(fields) => {
            for (name, value) in fields {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(&key, value, into);
            }
        }
        Value::String(text) => {
            assert!(into.insert(prefix.into(), text.clone()).is_none(), "{prefix} stands twice")
        }
        other => panic!("{prefix}: {other} is no text"),
    }
}

fn texts(language: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for file in FILES {
        let path = folder().join(format!("locales/{language}/{file}.json"));
        let tree = serde_json::from_str(&fs::read_to_string(&path).unwrap());
        flatten("", &tree.unwrap_or_else(|e| panic!("{}: {e}", path.display())), &mut all);
    }
    all
}

fn sources(below: &Path, into: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| ["rs", "js", "html"].iter().any(|known| e == *known)) {
            into.push((path.clone(), fs::read_to_string(path).unwrap()));
        }
    }
}

/// The keys that a source names in full: `say("…")` and its kin.
fn keys(source: &str) -> BTreeSet<&str> {
    let calls = ["say(\"", "say_with(\"", "say_with(\n"];
    let mut found = BTreeSet::new();
    for call in calls {
        for (at, _) in source.match_indices(call) {
            let rest = source[at + call.len()..].trim_start().trim_start_matches('"');
            if let Some((key, _)) = rest.split_once('"')
                && key.contains('.')
                && !key.contains(['{', '/', ' '])
            {
                found.insert(key);
            }
        }
    }
    found
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_key_that_is_used_exists() {
    let (texts, mut all) = (texts("zh-CN"), Vec::new());
    sources(&folder().join("src"), &mut all);
    let mut missing = Vec::new();
    for (path, source) in &all {
        for key in keys(source) {
            if !texts.contains_key(key) {
                missing.push(format!("{}: {key}", path.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert!(missing.is_empty(), "no text for {missing:#?}");
}

#[test]
fn languages_say_the_same_things() {
    let (chinese, english) = (texts("zh-CN"), texts("en"));
    let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) = (chinese.keys().collect(), english.keys().collect());
    assert_eq!(ours, theirs, "not in both: {:#?}", ours.symmetric_difference(&theirs).collect::<Vec<_>>());
    for (key, text) in &chinese {
        assert_eq!(placeholders(text), placeholders(&english[key]), "{key}");
    }
}

#[test]
fn nothing_is_said_that_hurts_or_speaks_of_machines() {
    let (forbidden, mut found) = (forbidden(), Vec::new());
    for (key, text) in texts("zh-CN") {
        for word in forbidden.iter().filter(|word| text.contains(*word)) {
            found.push(format!("{key}: {word} in {text}"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// What is said without the app's words: by the server, on slips, in the shell, on the page without an account.
#[test]
fn nothing_else_says_it_either() {
    let root = folder().join("..");
    let mut all = Vec::new();
    for below in ["server/src", "app/src", "public"] {
        sources(&root.join(below), &mut all);
    }
    // Heads of columns as files have them, and marks of sentences as a reader of theirs knows them.
    all.retain(|(path, _)| !path.ends_with("import/staff/list.rs") && !path.ends_with("app/src/words.rs"));
    assert!(all.iter().any(|(path, _)| path.ends_with("answer.js")));
    let (forbidden, mut found) = (forbidden(), Vec::new());
    for (path, source) in &all {
        let said = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        for (line, word) in said.flat_map(|line| forbidden.iter().map(move |word| (line, word))) {
            if !word.is_ascii() && line.contains(word) {
                found.push(format!("{}: {word} in {}", path.display(), line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_key_is_used() {
    let mut all = Vec::new();
    sources(&folder().join("src"), &mut all);
    let source: String = all.into_iter().map(|(_, source)| source).collect();
    let says = |text: String| source.contains(&text);
    let texts = texts("zh-CN");
    // In full, or put together from the name of its table.
    let unused: Vec<_> = texts
        .keys()
        .filter(|key| {
            let tables = key.match_indices('.').map(|(at, _)| &key[..at]);
            !says(format!("\"{key}\""))
                && !tables
                    .into_iter()
                    .any(|table| says(format!("\"{table}\"")) || says(format!("\"{table}.{{")))
                && !says(format!("\"{}_{{", key.rsplit_once('_').map_or(key.as_str(), |(before, _)| before)))
        })
        .collect();
    assert!(unused.is_empty(), "nobody says {unused:#?}");
}

#[test]
fn states_fit_on_a_line() {
    for (key, text) in texts("zh-CN").iter().filter(|(key, _)| key.starts_with("state.")) {
        let bare: String =
            text.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect();
        let first = bare.split(['，', '：', '·', '。']).next().unwrap();
        assert!(first.trim().chars().count() <= 14 && bare.chars().count() <= 28, "{key}: {text}");
    }
}
