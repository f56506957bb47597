//! The screens, one file each, and which address leads to which.

pub mod cadre;
pub mod classes;
pub mod confirm;
pub mod file;
pub mod me;
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

use crate::phone::{Contact, Phone, Stage};
use crate::session;
use domain::actor::Role;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::path;

/// The whole app. Who is not signed in or has to unlock does so in place: the address stays, and
/// what was meant is there afterwards.
#[component]
pub fn Root() -> impl IntoView {
    let phone = Phone::provide();
    session::start(phone);
    view! {
        <Router>
            {move || match phone.stage.get() {
                Stage::Starting => ().into_any(),
                Stage::SignIn => view! { <Before><sign_in::SignIn /></Before> }.into_any(),
                Stage::Locked => view! { <Before><unlock::Unlock /></Before> }.into_any(),
                Stage::Open => view! { <Routes /> }.into_any(),
            }}
        </Router>
    }
}

/// What stands there before anybody has signed in or unlocked: that, or the check of the phone.
#[component]
fn Before(children: ChildrenFn) -> impl IntoView {
    let path = use_location().pathname;
    move || if path.get() == "/ready" { view! { <ready::Ready /> }.into_any() } else { children() }
}

#[component]
fn Routes() -> impl IntoView {
    view! {
        <FlatRoutes fallback=|| view! { <Home /> }.into_any()>
            <Route path=path!("/") view=|| view! { <Home /> }.into_any() />
            <Route path=path!("/students") view=|| view! { <students::Students /> }.into_any() />
            <Route path=path!("/students/:id") view=|| view! { <file::File /> }.into_any() />
            <Route path=path!("/classes") view=|| view! { <classes::Classes /> }.into_any() />
            <Route path=path!("/visit/:draft") view=|| view! { <visit::Visit /> }.into_any() />
            <Route path=path!("/saved/:knock") view=|| view! { <saved::Saved /> }.into_any() />
            <Route path=path!("/confirm/:knock") view=|| view! { <confirm::Confirm /> }.into_any() />
            <Route path=path!("/supplement/:entry") view=|| view! { <supplement::Supplement /> }.into_any() />
            <Route path=path!("/report/:student") view=|| view! { <report::Report /> }.into_any() />
            <Route path=path!("/scan") view=|| view! { <scan::Scan /> }.into_any() />
            <Route path=path!("/cadre/*page") view=|| view! { <cadre::Cadre /> }.into_any() />
            <Route path=path!("/sync") view=|| view! { <sync::Sync /> }.into_any() />
            <Route path=path!("/me") view=|| view! { <me::Me /> }.into_any() />
            <Route path=path!("/sign-in") view=|| view! { <SignInAgain /> }.into_any() />
            <Route path=path!("/ready") view=|| view! { <ready::Ready /> }.into_any() />
        </FlatRoutes>
    }
}

/// Signing in again while the work goes on; without need for it, 今日.
#[component]
fn SignInAgain() -> impl IntoView {
    if Phone::get().sync.get_untracked().contact == Contact::SignIn {
        view! { <sign_in::SignIn /> }.into_any()
    } else {
        view! { <Home /> }.into_any()
    }
}

/// 今日; for a cadre the village's own first screen.
#[component]
fn Home() -> impl IntoView {
    let phone = Phone::get();
    let is_cadre = phone.me.read_untracked().as_ref().is_some_and(|me| me.is(Role::Cadre));
    if is_cadre { view! { <cadre::Cadre /> }.into_any() } else { view! { <today::Today /> }.into_any() }
}
