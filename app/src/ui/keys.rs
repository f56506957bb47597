//! Digits of our own, three by four: larger than a keyboard's, and they never cover what they write.

use crate::words::say;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::Element;

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

    fn of(event: &MouseEvent) -> Option<Self> {
        let pressed = event.target()?.dyn_into::<Element>().ok()?.closest("[data-key]").ok()??;
        Some(match pressed.get_attribute("data-key")?.as_str() {
            "back" => Self::Back,
            "clear" => Self::Clear,
            digit => Self::Digit(digit.chars().next()?),
        })
    }
}

/// The keys: plain markup with one listener.
#[component]
pub fn Keys(#[prop(into)] press: Callback<Key>) -> impl IntoView {
    let key = |class: &str, key: &str, label: &str| {
        format!(r#"<button type="button" class="{class}" data-key="{key}">{label}</button>"#)
    };
    let mut keys: String =
        ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map(|digit| key("", digit, digit)).concat();
    keys += &key("aside", "clear", say("keypad.clear"));
    keys += &key("", "0", "0");
    keys += &key("aside", "back", say("keypad.back"));
    let pressed = move |event| {
        if let Some(key) = Key::of(&event) {
            press.run(key);
        }
    };
    view! { <div class="keys" on:click=pressed inner_html=keys></div> }
}
