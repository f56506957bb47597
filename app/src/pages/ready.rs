//! 这部手机能用吗: six checks, without signing in.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// 这部手机能用吗: six checks, without signing in.
#[component]
pub fn Ready() -> impl IntoView {
    view! { <Screen title=say("ready.title")>""</Screen> }
}
