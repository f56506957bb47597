//! What people hold in their hands. One crate, several bundles by feature: `phone` (what is carried to
//! the door), `desk` (what is open on a table), `scan` (reading and drawing codes), and `ssr`, the
//! server's part: the shell and the desk's server functions. Rules live in `domain`.

pub mod assets;
pub mod words;

pub use assets::Assets;

#[cfg(any(feature = "phone", feature = "desk"))]
pub mod api;
#[cfg(feature = "phone")]
pub mod autosave;
#[cfg(feature = "phone")]
pub mod browser;
#[cfg(any(feature = "phone", feature = "desk"))]
pub mod dates;
#[cfg(any(feature = "desk", feature = "ssr"))]
pub mod desk;
#[cfg(feature = "phone")]
pub mod device;
#[cfg(feature = "phone")]
pub mod driver;
#[cfg(feature = "phone")]
pub mod local;
#[cfg(feature = "phone")]
pub mod notices;
#[cfg(feature = "phone")]
pub mod owed;
#[cfg(feature = "phone")]
pub mod pages;
#[cfg(feature = "phone")]
pub mod phone;
#[cfg(feature = "phone")]
pub mod phrase;
#[cfg(feature = "phone")]
pub mod preferences;
#[cfg(feature = "phone")]
pub mod rescue;
#[cfg(feature = "scan")]
pub mod scan;
#[cfg(feature = "phone")]
pub mod session;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(any(feature = "phone", feature = "desk"))]
pub mod ui;
#[cfg(feature = "phone")]
pub mod vault;
#[cfg(feature = "phone")]
pub mod writing;

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
