//! What desks ask and decide, over HTTP and on a real Postgres.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, unreachable_pub)]
#![allow(dead_code)]

#[path = "../common/mod.rs"]
mod common;

#[path = "../sync/children.rs"]
mod children;
#[path = "../sync/imported.rs"]
mod imported;
#[path = "../sync/phone.rs"]
mod phone;
#[path = "../import/sheet.rs"]
mod sheet;

mod decisions;
mod lists;
mod outside;
mod probes;
mod reports;
mod settle;
mod unlisted;
mod world;
