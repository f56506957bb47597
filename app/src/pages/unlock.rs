//! 解锁.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// 解锁.
#[component]
pub fn Unlock() -> impl IntoView {
    view! { <Screen title=say("unlock.title")>""</Screen> }
}
