//! 单独上报.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// 单独上报.
#[component]
pub fn Report() -> impl IntoView {
    view! { <Screen title=say("report.title")>""</Screen> }
}
