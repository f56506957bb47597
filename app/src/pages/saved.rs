//! K5 存好了.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// K5 存好了.
#[component]
pub fn Saved() -> impl IntoView {
    view! { <Screen title=say("saved.title")>""</Screen> }
}
