//! A word that passes: said once at the foot of whatever screen stands there, gone after a moment, and
//! written nowhere.

use crate::phone::Phone;
use leptos::prelude::*;
use std::time::Duration;

/// How long it stands: long enough to be read aloud.
const STANDS: Duration = Duration::from_secs(4);

/// Where it stands.
#[component]
pub fn Passing() -> impl IntoView {
    let said = Phone::get().passing;
    Effect::new(move || {
        if let Some(words) = said.get() {
            let over = move || {
                // Another word may stand there by now.
                if said.try_get_untracked().flatten() == Some(words) {
                    said.set(None);
                }
            };
            set_timeout(over, STANDS);
        }
    });
    view! {
        <div class="passing" role="status">
            {move || said.get().map(|words| view! { <p>{words}</p> })}
        </div>
    }
}
