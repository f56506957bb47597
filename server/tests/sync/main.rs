//! What phones write and get back, over HTTP and on a real Postgres.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, unreachable_pub)]

#[path = "../common/mod.rs"]
mod common;

mod children;
mod imported;
mod phone;

mod answers;
mod by_code;
mod hung_up;
mod nights;
mod order;
mod push;
mod rights;
mod sight;
