//! What the app says. Texts live in `locales/<language>/*.json`, Chinese compiled in, others fetched
//! when chosen; rules and pages only know keys. Order of a message: what happened, where it is, what next (ux 10.1).

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

const HOUSE: &str = include_str!("../locales/zh-CN/house.json");
const VISIT: &str = include_str!("../locales/zh-CN/visit.json");
const VILLAGE: &str = include_str!("../locales/zh-CN/village.json");
#[cfg(any(feature = "desk", feature = "ssr"))]
const DESK: &str = include_str!("../locales/zh-CN/desk.json");

/// What stands there before anybody has signed in.
#[cfg(not(any(feature = "desk", feature = "ssr")))]
const FIRST: &[&str] = &[HOUSE];
#[cfg(any(feature = "desk", feature = "ssr"))]
const FIRST: &[&str] = &[HOUSE, VISIT, VILLAGE, DESK];

type Table = HashMap<String, &'static str>;

thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
}

/// Reads locale files: nested objects of texts, keys joined by dots.
fn read(files: &[&str]) -> Table {
    let mut table = Table::new();
    for file in files {
        if let Ok(serde_json::Value::Object(tree)) = serde_json::from_str(file) {
            flatten("", tree, &mut table);
        }
    }
    table
}

fn flatten(prefix: &str, tree: serde_json::Map<String, serde_json::Value>, into: &mut Table) {
    for (name, value) in tree {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            serde_json::Value::Object(inner) => flatten(&key, inner, into),
            // Once a page, for as long as it lives: texts are handed out as if they were literals.
            serde_json::Value::String(text) => drop(into.insert(key, String::leak(text))),
            _ => {}
        }
    }
}

/// Speaks another language from now on; to be called before anything was said. Chinese stands where
/// the file does not parse.
pub fn speak(locale: &str) {
    TABLE.set(read(&[locale]));
}

/// Learns the words of the work, which nobody needs before signing in. Whoever speaks another language
/// knows them already.
pub fn learn() {
    thread_local! {
        static LEARNED: Cell<bool> = const { Cell::new(false) };
    }
    if LEARNED.replace(true) {
        return;
    }
    known(|table| {
        for (key, text) in read(&[VISIT, VILLAGE]) {
            table.entry(key).or_insert(text);
        }
    });
}

/// The text of a key that may not exist, as codes of a newer server.
pub fn find(key: &str) -> Option<&'static str> {
    known(|table| table.get(key).copied())
}

fn known<T>(then: impl FnOnce(&mut Table) -> T) -> T {
    TABLE.with_borrow_mut(|table| {
        if table.is_empty() {
            *table = read(FIRST);
        }
        then(table)
    })
}

/// The text of a key.
pub fn say(key: &str) -> &'static str {
    find(key).unwrap_or_default()
}

/// The text of a key with its `{names}` filled in.
pub fn say_with(key: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(say(key).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_learned_before_anything_was_said_stand_beside_the_first() {
        assert!(FIRST.len() > 1 || find("visit.title").is_none());
        TABLE.set(Table::new());
        learn();
        assert_eq!(say("app.name"), "敲门");
        assert!(read(&[VISIT, VILLAGE]).into_iter().all(|(key, text)| say(&key) == text));
    }

    #[test]
    fn another_language_is_not_spoken_over() {
        speak(r#"{"app": {"name": "Qiaomen"}}"#);
        learn();
        assert_eq!(say("app.name"), "Qiaomen");
    }
}
