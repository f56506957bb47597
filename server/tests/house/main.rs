//! The house: sessions, the site, what lies around requests, what is stored and what is logged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, unreachable_pub)]

#[path = "../common/mod.rs"]
mod common;

// The people and phones of the sync stories, who have more to tell.
#[allow(dead_code)]
#[path = "../sync/children.rs"]
mod children;
#[path = "../sync/imported.rs"]
mod imported;
#[allow(dead_code)]
#[path = "../sync/phone.rs"]
mod phone;

mod around;
mod directory;
mod log;
mod login;
mod shape;
mod stored;
mod verify;
