//! 一生一档: one child's file.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// 一生一档: one child's file.
#[component]
pub fn File() -> impl IntoView {
    view! { <Screen title=say("file.title")>""</Screen> }
}
