//! A visit being written down, K1 to K4.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// A visit being written down, K1 to K4.
#[component]
pub fn Visit() -> impl IntoView {
    view! { <Screen title=say("visit.title")>""</Screen> }
}
