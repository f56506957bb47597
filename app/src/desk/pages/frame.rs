//! The frame of every screen: the line on top with where one can go and who sits here.

use super::{Desk, begun};
use crate::ui::Empty;
use crate::words::{say, say_with};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

const VISITS: &str = "/desk/visits";

const PAGES: [(&str, &str); 4] = [
    (VISITS, "desk.nav.visits"),
    ("/desk/village", "desk.nav.village"),
    ("/desk/students", "desk.nav.students"),
    ("/desk/duties", "desk.nav.duties"),
];

const REPORTS: (&str, &str) = ("/desk/reports", "desk.nav.reports");

/// A screen with its title; `drawer` stands at the right while something is opened.
#[component]
pub fn Screen(
    #[prop(into)] title: Signal<String>,
    /// Said beside the title: how many, 数据到.
    #[prop(optional, into)]
    aside: ViewFn,
    #[prop(optional, into)] drawer: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    Effect::new(move || document().set_title(&format!("{} · {}", title.get(), say("app.name"))));
    view! {
        <Top />
        <div class="desk">
            <main>
                <header class="title">
                    <h1>{move || title.get()}</h1>
                    <div class="aside">{aside.run()}</div>
                </header>
                {children()}
            </main>
            {drawer.map(|drawer| drawer.run())}
        </div>
    }
}

#[component]
fn Top() -> impl IntoView {
    let begun = begun();
    let desk = Desk::get();
    let path = use_location().pathname;
    let pages = if begun.has_desk() {
        PAGES.iter().chain(begun.reads_reports().then_some(&REPORTS)).copied().collect()
    } else {
        Vec::new()
    };
    let links = pages
        .into_iter()
        .map(|(page, key)| {
            let here = move || path.read().starts_with(page).then_some("page");
            let href = if page == VISITS { begun.visits() } else { page };
            // Also on the list that is shown already: whoever touches its link wants what is new in it.
            let look = move |_| desk.looks.update(|looks| *looks += 1);
            view! { <a href=href aria-current=here on:click=look>{say(key)}</a> }
        })
        .collect_view();
    view! {
        <header class="bar">
            <strong>{say("app.name")}</strong>
            <nav aria-label=say("tab.label")>{links}</nav>
            <span class="who">
                <bdi>{begun.actor.name.clone()}</bdi>
                " "
                <span class="hint">{domain::directory::title(&begun.actor)}</span>
            </span>
            <button type="button" class="link" on:click=move |_| sign_out()>
                {say("desk.sign_out")}
            </button>
        </header>
    }
}

fn sign_out() {
    let desk = Desk::get();
    spawn_local(async move {
        // Signed out there or not: here nothing is kept, and the next question says it.
        let _ = crate::api::tell(gloo_net::http::Method::DELETE, "/desk/session", None).await;
        desk.met(crate::desk::Fault::of("SESSION_EXPIRED"));
    });
}

/// For whom there is nothing at a desk.
#[component]
pub fn Nothing() -> impl IntoView {
    view! {
        <Top />
        <Empty text=say_with("access.none", &[("who", say("desk.head"))])>
            <a class="secondary" href="/" rel="external">
                {say("desk.to_phone")}
            </a>
        </Empty>
    }
}
