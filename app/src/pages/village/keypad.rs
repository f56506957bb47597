//! Keys of our own for codes: larger than a keyboard's, and they never cover what they write.

use super::question::spaced;
use crate::words::say;
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
    let press = move |digit: char| {
        if typed.read_untracked().len() >= length {
            return;
        }
        typed.update(|typed| typed.push(digit));
        if typed.read_untracked().len() == length {
            wrong.set(done.run(typed.get_untracked()));
        }
    };
    let back = move |all: bool| {
        wrong.set(None);
        typed.update(|typed| typed.truncate(if all { 0 } else { typed.len().saturating_sub(1) }));
    };
    let shown = move || {
        let typed = typed.get();
        spaced(&format!("{typed:–<length$}"))
    };
    let keys = ('1'..='9').map(|digit| key(digit, press));
    view! {
        <div class="keypad" role="group" aria-label=label>
            <output class="digits" aria-live="polite">{shown}</output>
            <p class="error" role="alert">{move || wrong.get()}</p>
            <div class="keys">
                {keys.collect_view()}
                <button type="button" class="aside" on:click=move |_| back(true)>{say("keypad.clear")}</button>
                {key('0', press)}
                <button type="button" class="aside" on:click=move |_| back(false)>{say("keypad.back")}</button>
            </div>
        </div>
    }
}

fn key(digit: char, press: impl Fn(char) + 'static) -> impl IntoView {
    view! { <button type="button" on:click=move |_| press(digit)>{digit}</button> }
}
