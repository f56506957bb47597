//! 学生: my children, to find one.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// 学生: my children, to find one.
#[component]
pub fn Students() -> impl IntoView {
    view! { <Screen title=say("tab.students")>""</Screen> }
}
