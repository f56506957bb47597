//! Where the site build put things: logical names and their addresses, from `assets.json`.

use serde::Deserialize;
use std::collections::BTreeMap;

/// `phone.js` → `/assets/phone.<hash>.js`, and `build` → the version of all of them together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Assets(BTreeMap<String, String>);

impl Assets {
    /// The address of a file; empty when the site has none of that name.
    pub fn address(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The version of the whole site.
    pub fn build(&self) -> &str {
        self.address("build")
    }
}
