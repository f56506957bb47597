//! K6 请村干部核对.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// K6 请村干部核对.
#[component]
pub fn Confirm() -> impl IntoView {
    view! { <Screen title=say("confirm.title")>""</Screen> }
}
