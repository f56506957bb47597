//! What a tap opens further down: brought into view, so that nobody looks for it behind the bar.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Shows its children while `when` holds, and scrolls to them when it comes to hold. What was open from
/// the start leaves the page where it is.
#[component]
pub fn Opened(#[prop(into)] when: Signal<bool>, children: ChildrenFn) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |was| brought(when.get(), was, place));
    view! {
        <div class="opened" node_ref=place>
            <Show when=move || when.get()>{children()}</Show>
        </div>
    }
}

/// Shows its children from the start and scrolls to them once `when` comes to hold: the next question, when
/// the one before it was answered.
#[component]
pub fn Next(#[prop(into)] when: Signal<bool>, children: Children) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |was| brought(when.get(), was, place));
    view! {
        <div class="opened" node_ref=place>
            {children()}
        </div>
    }
}

/// Scrolls to the place when it is wanted and was not before.
fn brought(wanted: bool, was: Option<bool>, place: NodeRef<html::Div>) -> bool {
    if wanted && was == Some(false) {
        // Only when it is laid out has it a place.
        request_animation_frame(move || {
            if let Some(place) = place.try_get_untracked().flatten() {
                show(&place);
            }
        });
    }
    wanted
}

/// Puts the thumb on a field: brought into view and, if it can be typed into, ready for typing.
pub fn focus(id: String) {
    request_animation_frame(move || {
        let Some(field) = document().get_element_by_id(&id) else { return };
        show(&field);
        if let Some(field) = field.dyn_ref::<HtmlElement>() {
            let _ = field.focus();
        }
    });
}

fn show(element: &Element) {
    let still = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    let still = still.is_some_and(|query| query.matches());
    let how = ScrollIntoViewOptions::new();
    how.set_block(ScrollLogicalPosition::Nearest);
    how.set_behavior(if still { ScrollBehavior::Instant } else { ScrollBehavior::Smooth });
    element.scroll_into_view_with_scroll_into_view_options(&how);
}
