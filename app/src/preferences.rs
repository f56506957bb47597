//! How a person likes this phone to look and speak. Kept in the browser's small storage, which forgets
//! when the phone dies in the wrong second: nothing else may ever lie there. `theme.js` reads the
//! same before the first paint.

use gloo_storage::{LocalStorage, Storage};
use leptos::prelude::document;

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the phone is set.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    const fn code(self) -> &'static str {
        match self {
            Self::System => "",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The key of its word.
    pub const fn key(self) -> &'static str {
        match self {
            Self::System => "me.theme_system",
            Self::Light => "me.theme_light",
            Self::Dark => "me.theme_dark",
        }
    }
}

/// The languages there are: code and own name.
pub const LANGUAGES: [(&str, &str); 2] = [("zh-CN", "中文"), ("en", "English")];

fn kept(name: &str) -> String {
    LocalStorage::get(name).unwrap_or_default()
}

/// Keeps a choice and shows it at once; an empty one is forgotten.
fn keep(name: &str, attribute: &str, value: &str) {
    let root = document().document_element();
    if value.is_empty() {
        LocalStorage::delete(name);
        let _ = root.map(|root| root.remove_attribute(attribute));
    } else {
        // A browser that keeps nothing still shows it until it is closed.
        let _ = LocalStorage::set(name, value);
        let _ = root.map(|root| root.set_attribute(attribute, value));
    }
}

/// The theme chosen.
pub fn theme() -> Theme {
    let code = kept("qm-theme");
    Theme::ALL.into_iter().find(|theme| theme.code() == code).unwrap_or(Theme::System)
}

/// Chooses a theme.
pub fn set_theme(theme: Theme) {
    keep("qm-theme", "data-theme", theme.code());
}

/// 大字, chosen or begun with.
pub fn is_large() -> bool {
    let root = document().document_element();
    root.and_then(|root| root.get_attribute("data-type")).is_some_and(|kind| kind == "large")
}

/// Begins with 大字, for those who have it unless they choose otherwise.
pub fn begin_large() {
    if kept("qm-type").is_empty() {
        let _ = document().document_element().map(|root| root.set_attribute("data-type", "large"));
    }
}

/// Switches 大字.
pub fn set_large(large: bool) {
    keep("qm-type", "data-type", if large { "large" } else { "normal" });
}

/// The lists that the app may open with, by their address.
const LISTS: [&str; 3] = ["/", "/students", "/classes"];

/// Remembers the list that was looked at last.
pub fn looked_at(address: &str) {
    if LISTS.contains(&address) {
        let _ = LocalStorage::set("qm-tab", address);
    }
}

/// Opened from the home screen, the app begins with the list that was looked at last. An address that
/// somebody asked for stays as it is.
pub fn begin_where_left() {
    let window = leptos::prelude::window();
    let from_home = window.location().search().is_ok_and(|asked| asked == "?from=home");
    if !from_home {
        return;
    }
    let list = kept("qm-tab");
    if LISTS.contains(&list.as_str())
        && let Ok(history) = window.history()
    {
        let _ = history.replace_state_with_url(&"".into(), "", Some(&list));
    }
}

/// The language chosen.
pub fn language() -> String {
    Some(kept("qm-lang")).filter(|code| !code.is_empty()).unwrap_or_else(|| "zh-CN".into())
}

/// Where the words of the chosen language are to be loaded from, unless they are in the bundle.
pub fn other_words() -> Option<String> {
    let code = language();
    let boot = document().get_element_by_id("boot")?;
    boot.get_attribute(&format!("data-words-{code}")).filter(|address| !address.is_empty())
}

/// Chooses a language; it is spoken from the next load on.
pub fn set_language(code: &str) {
    let _ = LocalStorage::set("qm-lang", code);
}
