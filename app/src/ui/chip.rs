//! Answers to tap. Selected means a tint, an edge and a tick, never colour alone.

use leptos::prelude::*;

/// A question and its chips, wrapped.
#[component]
pub fn Chips(
    /// The question.
    #[prop(into)]
    question: Signal<String>,
    /// （可多选）
    #[prop(optional, into)]
    hint: Signal<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="question">
            <legend>
                {question} " " <span class="hint">{hint}</span>
            </legend>
            <div class="chips">{children()}</div>
        </fieldset>
    }
}

/// One answer.
#[component]
pub fn Chip(
    #[prop(into)] label: Signal<String>,
    /// Chosen. A chip that only opens something has none.
    #[prop(optional, into)]
    on: Option<Signal<bool>>,
    /// 主: said after the label when it is chosen.
    #[prop(optional, into)]
    mark: Signal<String>,
    #[prop(into)] press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=move || on.map(|on| if on.get() { "true" } else { "false" })
            on:click=move |_| press.run(())
        >
            <bdi>{label}</bdi>
            <small class="chip-mark">{mark}</small>
        </button>
    }
}

/// A question and its tiles, two columns.
#[component]
pub fn Tiles(
    #[prop(into)] question: Signal<String>,
    #[prop(optional, into)] hint: Signal<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="question">
            <legend>
                {question} " " <span class="hint">{hint}</span>
            </legend>
            <div class="tiles">{children()}</div>
        </fieldset>
    }
}

/// One answer with a second line.
#[component]
pub fn Tile(
    #[prop(into)] label: Signal<String>,
    /// 奶奶 · 照顾孩子
    #[prop(optional, into)]
    note: Signal<String>,
    #[prop(into)] on: Signal<bool>,
    /// The whole width.
    #[prop(optional)]
    wide: bool,
    #[prop(into)] press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="tile"
            class:wide=wide
            aria-pressed=move || if on.get() { "true" } else { "false" }
            on:click=move |_| press.run(())
        >
            <bdi>{move || parts(&label.read())}</bdi>
            <small>{note}</small>
        </button>
    }
}

/// A name that needs two lines breaks between its parts, after the dot.
fn parts(name: &str) -> Vec<impl IntoView + use<>> {
    name.split_inclusive('·').map(|part| view! { <span>{part.to_owned()}</span> }).collect()
}
