//! Serves phones and desks from Postgres: sign-in, sync, import, the site. SQL stores, filters by scope
//! and counts; every rule that decides is called from `domain`.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod account;
pub mod answer;
pub mod cluster;
pub mod config;
pub mod database;
pub mod demo;
pub mod desk;
pub mod directory;
pub mod error;
pub mod http;
pub mod import;
pub mod login;
pub mod password;
pub mod restored;
pub mod secret;
pub mod session;
pub mod settings;
pub mod site;
mod stored;
pub mod sync;
pub mod throttle;
pub mod verify;

pub use error::{Error, Result};
