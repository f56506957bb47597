//! 我的: this phone and who holds it.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// 我的: this phone and who holds it.
#[component]
pub fn Me() -> impl IntoView {
    view! { <Screen title=say("tab.me")>""</Screen> }
}
