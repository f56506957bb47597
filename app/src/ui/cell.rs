//! Grouped white cells on grey ground.

use super::icon::{Icon, Shape};
use leptos::prelude::*;

/// Cells that belong together, with a label above.
#[component]
pub fn Group(
    /// What they are; none, and the group stands unnamed.
    #[prop(optional, into)]
    label: Signal<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="group">
            <h2 class="group-label">{label}</h2>
            <div class="cells">{children()}</div>
        </section>
    }
}

/// One cell: a title, a second line, something at its end. With `href` it is a link, with `press` a
/// button, with neither it just says something.
#[component]
pub fn Cell(
    #[prop(into)] title: Signal<String>,
    /// The second line.
    #[prop(optional, into)]
    note: Signal<String>,
    #[prop(optional, into)] href: Option<String>,
    #[prop(optional, into)] press: Option<Callback<()>>,
    /// What stands at the end of the line, a tag or 改.
    #[prop(optional, into)]
    end: ViewFn,
) -> impl IntoView {
    let goes = href.is_some();
    let words = view! {
        <span class="cell-words">
            <bdi class="cell-title">{title}</bdi>
            <span class="cell-note">{note}</span>
        </span>
        <span class="cell-end">{end.run()} {goes.then(|| view! { <Icon shape=Shape::Forward /> })}</span>
    };
    match (href, press) {
        (Some(href), _) => view! { <a class="cell" href=href>{words}</a> }.into_any(),
        (None, Some(press)) => {
            view! { <button type="button" class="cell" on:click=move |_| press.run(())>{words}</button> }
                .into_any()
        }
        (None, None) => view! { <div class="cell">{words}</div> }.into_any(),
    }
}
