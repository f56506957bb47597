//! The part of the address after `?`: filters, the page, what is opened.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use std::str::FromStr;

/// The query of this page.
#[derive(Clone, Copy)]
pub struct Query {
    map: Memo<ParamsMap>,
    path: Memo<String>,
    go: Callback<String>,
}

impl Query {
    /// Of the address that is shown.
    pub fn get() -> Self {
        // Taken here: after an answer was waited for, no router is found any more.
        let navigate = use_navigate();
        let go = Callback::new(move |address: String| {
            let quietly = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&address, quietly);
        });
        Self { map: use_query_map(), path: use_location().pathname, go }
    }

    /// The words of a name; empty when it is not there.
    pub fn text(self, name: &str) -> String {
        self.map.read().get(name).unwrap_or_default()
    }

    /// The value of a name, if it is one.
    pub fn value<T: FromStr>(self, name: &str) -> Option<T> {
        self.map.read().get(name)?.parse().ok()
    }

    /// The page, from 0.
    pub fn page(self) -> u32 {
        self.value("page").unwrap_or(0)
    }

    /// This address with some names changed; an empty value takes the name away.
    pub fn with(self, changes: &[(&str, &str)]) -> String {
        let mut map = self.map.get();
        for (name, value) in changes {
            map.remove(name);
            if !value.is_empty() {
                map.insert((*name).to_owned(), (*value).to_owned());
            }
        }
        format!("{}{}", self.path.get(), map.to_query_string())
    }

    /// Goes there without adding a step for back: filters are no places.
    pub fn change(self, changes: &[(&str, &str)]) {
        self.go.run(untrack(|| self.with(changes)));
    }
}
