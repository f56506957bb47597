//! The house: sessions, the site, what lies around requests, what is stored, the binary itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/mod.rs"]
mod common;

mod around;
mod directory;
mod login;
mod stored;
