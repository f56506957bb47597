//! 班级: my classes.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// 班级: my classes.
#[component]
pub fn Classes() -> impl IntoView {
    view! { <Screen title=say("tab.classes")>""</Screen> }
}
