//! Signing in.

use crate::ui::Screen;
use crate::words::say;
use leptos::prelude::*;

/// Signing in.
#[component]
pub fn SignIn() -> impl IntoView {
    view! { <Screen title=say("sign_in.title")>""</Screen> }
}
