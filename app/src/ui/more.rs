//! A long list, a screenful at a time: more rows come as the thumb nears the end, so that 1,500 children
//! cost no more to show than sixty.

use crate::words::say_with;
use leptos::html;
use leptos::prelude::*;

/// Rows shown at first: more than a phone's screen.
pub const FIRST: usize = 16;

/// Rows added each time.
const STEP: usize = 60;

/// How near the end, in pixels, more rows are fetched: about two screens.
const AHEAD: f64 = 1500.0;

/// The rows; `row` makes the one at a place. `first` of them stand there at once.
#[component]
pub fn More(
    count: usize,
    #[prop(default = FIRST)] first: usize,
    #[prop(into)] row: Callback<usize, AnyView>,
) -> impl IntoView {
    let shown = RwSignal::new(first.min(count));
    let end = NodeRef::<html::Li>::new();
    let add = move || shown.update(|shown| *shown = (*shown + STEP).min(count));
    if count > first {
        let handle = window_event_listener(leptos::ev::scroll, move |_| {
            let Some(end) = end.get_untracked() else { return };
            let height = window().inner_height().ok().and_then(|h| h.as_f64()).unwrap_or_default();
            let seen = window().scroll_y().unwrap_or_default() + height;
            if f64::from(end.offset_top()) < seen + AHEAD {
                add();
            }
        });
        on_cleanup(move || handle.remove());
    }
    let left = Memo::new(move |_| count - shown.get());
    view! {
        <For each=move || 0..shown.get() key=|at| *at children=move |at| row.run(at) />
        <Show when=move || left.get() != 0>
            <li node_ref=end>
                <button type="button" class="cell link" on:click=move |_| add()>
                    {move || say_with("list.more", &[("n", &left.get().to_string())])}
                </button>
            </li>
        </Show>
    }
}
