//! A sheet from below: the browser's own dialog, so that focus, escape and the back of the screen
//! behave as people know them.

use super::icon::{Icon, Shape};
use crate::words::say;
use leptos::html;
use leptos::prelude::*;

/// A sheet that shows while `open` is true.
#[component]
pub fn Sheet(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
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
