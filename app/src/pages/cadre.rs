//! The village's own screens.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// The village's own screens.
#[component]
pub fn Cadre() -> impl IntoView {
    view! { <Screen title=say("cadre.title")>""</Screen> }
}
