//! A code that somebody reads out, on keys of our own.

use super::question::spaced;
use crate::ui::Keys;
use crate::ui::keys::Key;
use leptos::prelude::*;

/// A keypad for `length` digits. `done` is called with the last one; what it returns is shown when the
/// code is not right, and stays until a digit is taken back.
#[component]
pub fn Keypad(
    length: usize,
    /// What is typed, for those who listen.
    #[prop(into)]
    label: String,
    #[prop(into)] done: Callback<String, Option<String>>,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let press = move |key: Key| {
        if matches!(key, Key::Digit(_)) {
            if typed.read_untracked().len() >= length {
                return;
            }
        } else {
            wrong.set(None);
        }
        typed.update(|typed| key.press(typed, length));
        if typed.read_untracked().len() == length {
            wrong.set(done.run(typed.get_untracked()));
        }
    };
    let shown = move || {
        let typed = typed.get();
        spaced(&format!("{typed:–<length$}"))
    };
    view! {
        <div class="keypad" role="group" aria-label=label>
            <output class="digits" aria-live="polite">{shown}</output>
            <p class="error" role="alert">{move || wrong.get()}</p>
            <Keys press=press />
        </div>
    }
}
