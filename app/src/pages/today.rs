//! 今日: what I owe.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// 今日: what I owe.
#[component]
pub fn Today() -> impl IntoView {
    view! { <Screen title=say("tab.today")>""</Screen> }
}
