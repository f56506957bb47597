//! The screens, one file each, and which address leads to which. What nobody needs to sign in is split
//! off the first load (`wasm_split`) and fetched when somebody has signed in, or beforehand by the
//! service worker.

pub mod cadre;
pub mod classes;
pub mod confirm;
pub mod file;
pub mod me;
pub mod no_children;
pub mod ready;
pub mod report;
pub mod saved;
pub mod scan;
pub mod sign_in;
pub mod students;
pub mod supplement;
pub mod sync;
pub mod today;
pub mod unlock;
pub mod village;
pub mod visit;

use crate::local::LocalError;
use crate::phone::{Contact, Phone, Stage};
use crate::preferences;
use crate::session;
use crate::ui::Passing;
use crate::words::say;
use domain::actor::Role;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;
use std::pin::Pin;

/// The whole app. Who is not signed in or has to unlock does so in place: the address stays, and
/// what was meant is there afterwards.
#[component]
pub fn Root() -> impl IntoView {
    let phone = Phone::provide();
    sign_in::Invited::provide(phone);
    session::start(phone);
    move || match phone.stage.get() {
        Stage::Starting => ().into_any(),
        Stage::SignIn | Stage::Locked if is_at("/ready") => later(checks),
        Stage::SignIn => view! { <sign_in::SignIn /> }.into_any(),
        Stage::Locked => later(lock),
        Stage::Open => later(work),
    }
}

/// Whether this is the address the app was opened at.
pub(crate) fn is_at(path: &str) -> bool {
    window().location().pathname().is_ok_and(|at| at == path)
}

type Loading = Pin<Box<dyn Future<Output = ()>>>;

/// A part of the app that is not in the first load: nothing stands there until it has come.
fn later<F>(part: impl FnOnce() -> F + 'static) -> AnyView
where
    F: Future<Output = Result<AnyView, LocalError>> + 'static,
{
    let come = RwSignal::new_local(None);
    let loading: Loading = Box::pin(async move {
        let view = part().await.unwrap_or_else(|_| not_yet());
        // Whoever has gone on meanwhile does not want it any more.
        let _ = come.try_set(Some(view));
    });
    spawn_local(ScopedFuture::new(loading));
    (move || {
        come.track();
        come.try_update_untracked(Option::take).flatten()
    })
    .into_any()
}

/// Without signal, before the service worker has fetched the whole app.
fn not_yet() -> AnyView {
    view! {
        <main class="door">
            <p class="pad">{say(LocalError::NotLoaded.key())}</p>
            <div class="pad">
                <button type="button" class="primary" on:click=move |_| drop(window().location().reload())>
                    {say("go.again")}
                </button>
            </div>
        </main>
    }
    .into_any()
}

/// Everything behind the sign-in: one part, since every part that a start waits for costs it some tens of
/// milliseconds.
#[wasm_split(work, fallible, wasm_split_path = ::leptos::wasm_split)]
fn work() -> Result<AnyView, LocalError> {
    Ok(view! { <Routes /> }.into_any())
}

/// 解锁: whose phone is locked has had the whole app on it.
#[wasm_split(work, fallible, wasm_split_path = ::leptos::wasm_split)]
fn lock() -> Result<AnyView, LocalError> {
    Ok(view! { <unlock::Unlock /> }.into_any())
}

/// 这部手机能用吗, before anybody has signed in.
#[wasm_split(work, fallible, wasm_split_path = ::leptos::wasm_split)]
fn checks() -> Result<AnyView, LocalError> {
    Ok(view! { <ready::Ready /> }.into_any())
}

#[component]
fn Routes() -> impl IntoView {
    if is_cadre() {
        preferences::begin_large();
    }
    view! {
        <Passing />
        <Router>
            <FlatRoutes fallback=home>
                <Route path=path!("/") view=home />
                <Route path=path!("/students") view=students::Students />
                <Route path=path!("/students/:id") view=file::File />
                <Route path=path!("/classes") view=classes::Classes />
                <Route path=path!("/visit/:draft") view=visit::Visit />
                <Route path=path!("/saved/:knock") view=saved::Saved />
                <Route path=path!("/confirm/:knock") view=confirm::Confirm />
                <Route path=path!("/supplement/:entry") view=supplement::Supplement />
                <Route path=path!("/report/:student") view=report::Report />
                <Route path=path!("/scan") view=scan::Scan />
                <Route path=path!("/cadre/*page") view=cadre::Cadre />
                <Route path=path!("/sync") view=sync::Sync />
                <Route path=path!("/me") view=me::Me />
                <Route path=path!("/sign-in") view=sign_in_again />
                <Route path=path!("/ready") view=ready::Ready />
            </FlatRoutes>
        </Router>
    }
}

/// Signing in again while the work goes on; without need for it, 今日.
fn sign_in_again() -> AnyView {
    if Phone::get().sync.get_untracked().contact == Contact::SignIn {
        view! { <sign_in::SignIn /> }.into_any()
    } else {
        home()
    }
}

/// 今日; for a cadre the village's own first screen.
fn home() -> AnyView {
    if is_cadre() { view! { <cadre::Cadre /> }.into_any() } else { view! { <today::Today /> }.into_any() }
}

fn is_cadre() -> bool {
    Phone::get().me.read_untracked().as_ref().is_some_and(|me| me.is(Role::Cadre))
}
