//! What people hold in their hands. One crate, several bundles by feature: `phone` (what is carried to
//! the door), `desk` (what is open on a table), `scan` (reading and drawing codes), and `ssr`, the
//! server's part: the shell and the desk's server functions. Rules live in `domain`.

#![warn(missing_docs)]
// Public is what the server takes; `pub` in a module that is not says what it shows to the others.
#![allow(unreachable_pub)]
// What nobody uses is told where it is started: in a browser. Of what both bundles share (`api`, `dates`,
// `ui`) the desk uses less.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

pub mod assets;
pub mod words;

pub use assets::Assets;

#[cfg(any(feature = "phone", feature = "desk"))]
#[cfg_attr(not(feature = "phone"), allow(dead_code))]
mod api;
#[cfg(feature = "phone")]
mod autosave;
#[cfg(feature = "phone")]
mod browser;
#[cfg(any(feature = "phone", feature = "desk"))]
#[cfg_attr(not(feature = "phone"), allow(dead_code))]
mod dates;
#[cfg(any(feature = "desk", feature = "ssr"))]
pub mod desk;
#[cfg(feature = "phone")]
mod device;
#[cfg(feature = "phone")]
mod driver;
#[cfg(feature = "phone")]
mod local;
#[cfg(feature = "phone")]
mod notices;
#[cfg(feature = "phone")]
mod owed;
#[cfg(feature = "phone")]
mod pages;
#[cfg(feature = "phone")]
mod phone;
#[cfg(feature = "phone")]
mod phrase;
#[cfg(feature = "phone")]
mod preferences;
#[cfg(feature = "phone")]
mod rescue;
#[cfg(feature = "scan")]
mod scan;
#[cfg(feature = "phone")]
mod session;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(any(feature = "phone", feature = "desk"))]
#[cfg_attr(not(feature = "phone"), allow(dead_code))]
mod ui;
#[cfg(feature = "phone")]
mod vault;
#[cfg(feature = "phone")]
mod writing;

/// Starts the phone in the page that loaded it.
#[cfg(all(feature = "phone", target_arch = "wasm32"))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    preferences::begin_where_left();
    let mount = || leptos::mount::mount_to_body(pages::Root);
    match preferences::other_words() {
        None => mount(),
        // Before mounting there is no executor of leptos yet.
        Some(address) => wasm_bindgen_futures::spawn_local(async move {
            if let Some(text) = api::asset(&address).await {
                words::speak(&text);
            }
            mount();
        }),
    }
}

/// Starts the desk in the page that loaded it.
#[cfg(all(feature = "desk", not(feature = "phone"), target_arch = "wasm32"))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    leptos::mount::mount_to_body(desk::pages::Root);
}
