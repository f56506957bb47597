//! A sheet from below: the browser's own dialog, so that focus, escape and the back of the screen
//! behave as people know them.

pub mod place;

use super::icon::{Icon, Shape};
use crate::words::say;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast as _;

/// A sheet that shows while `open` is true.
#[component]
pub fn Sheet(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let navigate = use_navigate();
    Effect::new(move |before| {
        let shown = open.get();
        match (shown, before) {
            (true, _) => place::opened(open),
            (false, Some(true)) => place::closed(open),
            (false, _) => {}
        }
        shown
    });
    on_cleanup(move || place::closed(open));
    Effect::new(move || {
        let shown = open.get();
        if let Some(dialog) = dialog.get()
            && dialog.open() != shown
        {
            if shown {
                let _ = dialog.show_modal();
            } else {
                dialog.close();
            }
        }
    });
    view! {
        <dialog
            node_ref=dialog
            class="sheet"
            aria-label=title
            on:close=move |_| open.set(false)
            on:click=move |event| {
                // A page that is gone to from here takes the sheet's place.
                if let Some(to) = address(&event) {
                    event.prevent_default();
                    navigate(&to, NavigateOptions { replace: true, ..NavigateOptions::default() });
                }
                // A press beside the sheet lands on the dialog itself.
                if dialog.get_untracked().is_some_and(|d| event.target().as_ref() == Some((*d).as_ref())) {
                    open.set(false);
                }
            }
        >
            <div class="sheet-body">
                <header>
                    <h2>{title}</h2>
                    <button
                        type="button"
                        class="close"
                        aria-label=say("go.close")
                        on:click=move |_| open.set(false)
                    >
                        <Icon shape=Shape::Cross />
                    </button>
                </header>
                <Show when=move || open.get()>{children()}</Show>
            </div>
        </dialog>
    }
}

/// Where a pressed link of ours leads.
fn address(event: &leptos::ev::MouseEvent) -> Option<String> {
    let pressed = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = pressed.closest("a[href]").ok()??;
    let leaves = link.get_attribute("rel").is_some_and(|rel| rel.contains("external"));
    link.get_attribute("href").filter(|to| to.starts_with('/') && !leaves)
}
