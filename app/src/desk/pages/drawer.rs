//! The drawer at the right: what is opened, beside the list it was opened from. Never over it.

use super::query::Query;
use crate::ui::{Icon, Shape};
use crate::words::say;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;

/// The drawer; Escape closes it, and it takes the focus when it opens.
#[component]
pub fn Drawer(#[prop(into)] title: Signal<String>, children: Children) -> impl IntoView {
    let query = Query::get();
    let close = move || query.change(&[("open", "")]);
    let aside = NodeRef::<html::Aside>::new();
    Effect::new(move || {
        if let Some(aside) = aside.get() {
            // A drawer that cannot take the focus can still be read.
            let _ = aside.focus();
        }
    });
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            close();
        }
    });
    on_cleanup(move || escape.remove());
    view! {
        <aside class="drawer" node_ref=aside tabindex="-1" aria-label=move || title.get()>
            <header>
                <h2>{move || title.get()}</h2>
                <button type="button" class="close" aria-label=say("go.close") on:click=move |_| close()>
                    <Icon shape=Shape::Cross />
                </button>
            </header>
            {children()}
        </aside>
    }
}

/// A line: what, and what of it.
#[component]
pub fn Fact(#[prop(into)] name: String, #[prop(into)] value: String) -> impl IntoView {
    view! {
        <div class="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}
