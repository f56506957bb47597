//! The desk's screens: who sits there, which address leads where. Every screen asks the server and keeps
//! nothing; filters and what is opened stand in the address, so that back, reload and a copied address
//! do what people expect.

pub mod answer;
pub mod drawer;
pub mod duties;
pub mod frame;
pub mod load;
pub mod print;
pub mod query;
pub mod reports;
pub mod said;
pub mod sign_in;
pub mod student;
pub mod students;
pub mod table;
pub mod village;
pub mod visit;
pub mod visits;

use super::{Begun, Fault, functions};
use crate::words::say;
use domain::actor::Role;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{FlatRoutes, Redirect, Route, Router};
use leptos_router::path;
use std::sync::Arc;

/// The desk of one person.
#[derive(Clone, Copy)]
pub struct Desk {
    stage: RwSignal<Stage>,
    /// Counts how often somebody asked to look again.
    looks: RwSignal<u32>,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Starting,
    SignIn,
    Open(Arc<Begun>),
    Failed(Fault),
}

impl Desk {
    /// The desk, from anywhere below `Root`.
    pub fn get() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    fn new() -> Self {
        Self { stage: RwSignal::new(Stage::Starting), looks: RwSignal::new(0) }
    }

    /// Asks who sits here.
    pub fn begin(self) {
        spawn_local(async move {
            match functions::begin().await {
                Ok(begun) => self.stage.set(Stage::Open(Arc::new(begun))),
                Err(fault) => self.met(fault),
            }
        });
    }

    /// Something was refused that every screen answers in the same way.
    pub fn met(self, fault: Fault) {
        self.stage.set(if fault.is_signed_out() { Stage::SignIn } else { Stage::Failed(fault) });
    }
}

/// What surrounds the person: below `Root` only when the desk is open.
fn begun() -> Arc<Begun> {
    use_context().unwrap_or_else(|| Arc::new(Begun::nobody()))
}

impl Begun {
    fn nobody() -> Self {
        use domain::ids::{CountyId, UserId};
        Self {
            actor: domain::actor::Actor {
                user: UserId(uuid::Uuid::nil()),
                county: CountyId(uuid::Uuid::nil()),
                name: String::new(),
                phone: String::new(),
                grants: Vec::new(),
            },
            directory: domain::directory::Directory::default(),
            now: chrono::DateTime::UNIX_EPOCH,
        }
    }

    /// Whether there is anything at a desk for this person: cadres and administrators have none.
    fn has_desk(&self) -> bool {
        self.actor.grants.iter().any(|grant| !matches!(grant.role, Role::Cadre | Role::Admin))
    }

    /// Where the desk opens: on what waits for this person.
    fn first(&self) -> &'static str {
        let only = |role: Role| self.actor.grants.iter().all(|grant| grant.role == role);
        if only(Role::Designated) {
            "/desk/reports"
        } else if self.actor.is(Role::Principal) {
            "/desk/duties"
        } else {
            self.visits()
        }
    }

    /// 走访: for whom they wait, those that do; what was read is a filter away.
    fn visits(&self) -> &'static str {
        if self.actor.is(Role::Office) { "/desk/visits?look=WAITING" } else { "/desk/visits" }
    }

    /// 单独上报 has readers, and this is one.
    fn reads_reports(&self) -> bool {
        self.actor.is(Role::Principal) || self.actor.is(Role::Designated)
    }
}

/// The whole desk. Who is not signed in does so in place: the address stays.
#[component]
pub fn Root() -> impl IntoView {
    let desk = Desk::new();
    provide_context(desk);
    desk.begin();
    view! {
        <Router>
            {move || match desk.stage.get() {
                Stage::Starting => view! { <p class="starting">{say("desk.loading")}</p> }.into_any(),
                Stage::SignIn => view! { <sign_in::SignIn /> }.into_any(),
                Stage::Failed(fault) => view! { <load::Failed fault=fault again=move || desk.begin() /> }.into_any(),
                Stage::Open(begun) => {
                    provide_context(begun.clone());
                    if begun.has_desk() {
                        view! { <Routes /> }.into_any()
                    } else {
                        view! { <frame::Nothing /> }.into_any()
                    }
                }
            }}
        </Router>
    }
}

#[component]
fn Routes() -> impl IntoView {
    view! {
        <FlatRoutes fallback=|| view! { <Redirect path=begun().first() /> }.into_any()>
            <Route path=path!("/desk/visits") view=|| view! { <visits::Visits /> }.into_any() />
            <Route path=path!("/desk/village") view=|| view! { <village::Village /> }.into_any() />
            <Route path=path!("/desk/students") view=|| view! { <students::Students /> }.into_any() />
            <Route path=path!("/desk/students/:id") view=|| view! { <student::Student /> }.into_any() />
            <Route path=path!("/desk/duties") view=|| view! { <duties::Duties /> }.into_any() />
            <Route path=path!("/desk/reports") view=|| view! { <reports::Reports /> }.into_any() />
            <Route path=path!("/desk/print/:visit") view=|| view! { <print::Print /> }.into_any() />
        </FlatRoutes>
    }
}
