//! Rosters and staff lists, read in from files on a real Postgres, and seen over HTTP by whom it concerns.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, unreachable_pub)]

#[path = "../common/mod.rs"]
mod common;

#[path = "../binary/program.rs"]
#[allow(dead_code)]
mod program;

mod command;
mod demo;
mod roster;
mod sheet;
mod staff;
