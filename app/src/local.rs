//! What the phone keeps: IndexedDB, sealed, strictly durable. `keyring` knows who may open what on
//! this phone; `seat` is one person's own store; `shape` says how a replica lies in rows.

pub mod database;
pub mod keyring;
pub mod seat;
pub mod shape;

use thiserror::Error;

/// Why something was not kept or not found. The screen says it in words (`local.*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LocalError {
    /// The phone is full.
    #[error("no room left")]
    Full,
    /// What was kept is gone: the browser or the person cleared it while the app was open.
    #[error("the store is gone")]
    Gone,
    /// A newer app keeps its stores in another shape: this window is of the one before, and nothing is lost.
    #[error("the store is a newer app's")]
    Outdated,
    /// Another tab changed the same thing meanwhile.
    #[error("changed in another tab")]
    ChangedElsewhere,
    /// Nobody has unlocked the phone.
    #[error("locked")]
    Locked,
    /// What is kept cannot be opened with this key.
    #[error("sealed with another key")]
    Sealed,
    /// The value has no stored form.
    #[error("no stored form")]
    Shape,
    /// This browser keeps nothing for offline: reading only.
    #[error("a browser inside another app")]
    Unfit,
    /// This part of the app is not on the phone yet, and there is no signal to fetch it.
    #[error("a part of the app is missing")]
    NotLoaded,
    /// Anything else the browser says.
    #[error("the browser refused")]
    Refused,
}

impl LocalError {
    /// The key of its sentence.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Full => "local.full",
            Self::Gone => "local.gone",
            Self::Outdated => "local.outdated",
            Self::ChangedElsewhere => "local.changed_elsewhere",
            Self::Locked => "local.locked",
            Self::Sealed => "local.sealed",
            Self::Unfit => "browser.unfit",
            Self::NotLoaded => "local.not_loaded",
            Self::Shape | Self::Refused => "local.refused",
        }
    }

    /// Whether the same may be kept later, without anything being changed in it.
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Full | Self::Gone | Self::Refused)
    }
}

impl From<leptos::wasm_split::SplitLoaderError> for LocalError {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self::NotLoaded
    }
}

impl From<serde_json::Error> for LocalError {
    fn from(_: serde_json::Error) -> Self {
        Self::Shape
    }
}
