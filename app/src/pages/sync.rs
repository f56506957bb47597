//! Each unsent, refused and held entry, why and what to do.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// Each unsent, refused and held entry, why and what to do.
#[component]
pub fn Sync() -> impl IntoView {
    view! { <Screen title=say("sync.title")>""</Screen> }
}
