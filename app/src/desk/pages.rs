//! The desk's screens.

use leptos::prelude::*;

/// The whole desk.
#[component]
pub fn Root() -> impl IntoView {
    view! { <p>"…"</p> }
}
