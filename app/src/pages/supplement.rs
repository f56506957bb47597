//! 晚上补几句.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// 晚上补几句.
#[component]
pub fn Supplement() -> impl IntoView {
    view! { <Screen title=say("supplement.title")>""</Screen> }
}
