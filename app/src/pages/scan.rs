//! 扫一扫.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// 扫一扫.
#[component]
pub fn Scan() -> impl IntoView {
    view! { <Screen title=say("scan.title")>""</Screen> }
}
