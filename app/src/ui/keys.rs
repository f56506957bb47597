//! Digits of our own, three by four: larger than a keyboard's, and they never cover what they write.

use crate::words::say;
use leptos::prelude::*;

/// What a key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// One more.
    Digit(char),
    /// The last one away.
    Back,
    /// All of them away.
    Clear,
}

impl Key {
    /// What is typed after this key; never more than `length`.
    pub fn press(self, typed: &mut String, length: usize) {
        match self {
            Self::Digit(digit) if typed.len() < length => typed.push(digit),
            Self::Digit(_) => {}
            Self::Back => drop(typed.pop()),
            Self::Clear => typed.clear(),
        }
    }
}

/// The keys.
#[component]
pub fn Keys(#[prop(into)] press: Callback<Key>) -> impl IntoView {
    let digit = move |digit: char| {
        view! { <button type="button" on:click=move |_| press.run(Key::Digit(digit))>{digit}</button> }
    };
    let aside = move |key: Key, label: &'static str| {
        view! { <button type="button" class="aside" on:click=move |_| press.run(key)>{say(label)}</button> }
    };
    view! {
        <div class="keys">
            {('1'..='9').map(digit).collect_view()}
            {aside(Key::Clear, "keypad.clear")}
            {digit('0')}
            {aside(Key::Back, "keypad.back")}
        </div>
    }
}
