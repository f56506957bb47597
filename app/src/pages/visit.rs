//! A visit being written down, K1 to K4 (ux 5): opening or resuming the form, the frame around each
//! screen, and 存到手机. Every change is kept as a draft; nothing is asked when the form is left.

pub mod door;
pub mod met;
pub mod nobody;
pub mod promises;
pub mod situation;
pub mod trail;
pub mod who;

use crate::device;
use crate::local::LocalError;
use crate::phone::{Autosave, Phone};
use crate::phrase;
use crate::ui::{Empty, NotKept, PrimaryBar, ProblemSummary, Screen};
use crate::words::{say, say_with};
use domain::ids::{DutyId, KnockId, StudentId};
use domain::visit::form::{Step, VisitForm};
use domain::visit::knock::Knock;
use domain::visit::opening::{Errand, open};
use domain::vocabulary::VisitKind;
use door::Door;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use leptos_router::params::ParamsMap;
use std::sync::Arc;
use trail::Trail;
use uuid::Uuid;

/// The key of a visit's draft.
pub fn draft_key(knock: KnockId) -> String {
    format!("visit/{knock}")
}

/// Where the secret of a knock is kept, for the village's answer.
pub fn secret_key(knock: KnockId) -> String {
    format!("secret/{knock}")
}

/// 去敲门, 去家访: a form begun for this child and not finished goes on, else a new one opens.
#[derive(Clone, Copy)]
pub struct SetOut {
    phone: Phone,
    go: Callback<String>,
}

impl SetOut {
    /// To be made while a page is built.
    pub fn new() -> Self {
        let navigate = use_navigate();
        let go = Callback::new(move |to: String| navigate(&to, NavigateOptions::default()));
        Self { phone: Phone::get(), go }
    }

    /// Goes.
    pub fn to(self, errand: Errand) {
        let keys: Vec<String> = self.phone.drafts.with_untracked(|rows| {
            rows.iter().map(|row| row.key.clone()).filter(|key| key.starts_with("visit/")).collect()
        });
        spawn_local(async move {
            for key in keys {
                let draft: Option<VisitForm> = self.phone.draft(&key).await;
                if let Some(draft) = draft
                    && draft.children.first().is_some_and(|c| c.student == errand.student)
                {
                    self.go.run(format!("/{key}"));
                    return;
                }
            }
            self.go.run(address(device::new_id().into(), &errand));
        });
    }
}

impl Default for SetOut {
    fn default() -> Self {
        Self::new()
    }
}

fn address(knock: KnockId, errand: &Errand) -> String {
    let mut to = format!("/visit/{knock}?child={}", errand.student);
    if let Some(duty) = errand.duty {
        to.push_str(&format!("&duty={duty}"));
    }
    if let Some(kind) = &errand.kind {
        to.push_str(&format!("&kind={}", kind.code()));
    }
    to
}

fn errand(query: &ParamsMap) -> Option<Errand> {
    let id = |name: &str| query.get_str(name).and_then(|text| text.parse::<Uuid>().ok());
    Some(Errand {
        student: StudentId(id("child")?),
        duty: id("duty").map(DutyId),
        kind: query.get_str("kind").map(VisitKind::from_code),
    })
}

/// What stands behind an address.
#[derive(Clone)]
enum Behind {
    /// Not looked yet.
    Looking,
    /// A form to go on with.
    Begun(Arc<VisitForm>),
    /// A form opened now.
    Opened(Arc<VisitForm>),
    /// It is written down already.
    Saved,
    /// Nothing on this phone.
    Nothing,
}

async fn look(phone: Phone, knock: KnockId, query: ParamsMap) -> Behind {
    if let Some(draft) = phone.draft(&draft_key(knock)).await {
        return Behind::Begun(Arc::new(draft));
    }
    let now = device::now();
    let Some(me) = phone.me.get_untracked() else { return Behind::Nothing };
    phone.replica.with_untracked(|replica| match Knock::find(knock, replica, &me) {
        Some(found) if query.get_str("correct").is_some() => {
            found.reopen(replica, &me, now).map_or(Behind::Nothing, |form| Behind::Opened(Arc::new(form)))
        }
        Some(_) => Behind::Saved,
        None => errand(&query)
            .and_then(|errand| open(&errand, replica, &me, knock, now))
            .map_or(Behind::Nothing, |form| Behind::Opened(Arc::new(form))),
    })
}

/// The page of `/visit/:draft`.
#[component]
pub fn Visit() -> impl IntoView {
    let phone = Phone::get();
    let params = use_params_map();
    let query = use_query_map();
    let navigate = use_navigate();
    let behind = RwSignal::new(Behind::Looking);
    let knock = params.read_untracked().get_str("draft").and_then(|text| text.parse().ok()).map(KnockId);
    if let Some(knock) = knock {
        let query = query.get_untracked();
        spawn_local(async move {
            let found = look(phone, knock, query).await;
            if matches!(found, Behind::Saved) {
                let replace = NavigateOptions { replace: true, ..NavigateOptions::default() };
                navigate(&format!("/saved/{knock}"), replace);
            }
            behind.try_set(found);
        });
    } else {
        behind.set(Behind::Nothing);
    }
    move || match behind.get() {
        Behind::Looking | Behind::Saved => ().into_any(),
        Behind::Begun(form) => view! { <Form form=VisitForm::clone(&form) begun=true /> }.into_any(),
        Behind::Opened(form) => view! { <Form form=VisitForm::clone(&form) begun=false /> }.into_any(),
        Behind::Nothing => view! {
            <Screen title=say("visit.title")>
                <Empty text=say("visit.nothing")>
                    <a class="secondary" href="/">{say("go.home")}</a>
                </Empty>
            </Screen>
        }
        .into_any(),
    }
}

#[component]
fn Form(form: VisitForm, begun: bool) -> impl IntoView {
    let phone = Phone::get();
    let key = draft_key(form.knock);
    let trail = Trail::of(&form);
    let form = RwSignal::new(form);
    let title = Signal::derive(move || {
        form.with(|f| {
            say_with("visit.of", &[("kind", &phrase::short_kind(&f.kind)), ("household", &f.household)])
        })
    });
    let label = Signal::derive(move || form.with(|f| phone.replica.with(|r| f.label(&r.directory))));
    let autosave = Autosave::watch(key, label, form);
    let door = Door::new(phone, form, begun, autosave, trail);
    let kept = move || autosave.said();
    // What only a press can help stands where the thumb is.
    let stuck = Signal::derive(move || {
        door.failed.get().or(autosave.failed.get().filter(|why| *why == LocalError::Outdated))
    });
    let step = trail.step;
    view! {
        <Screen title=title aside=ViewFn::from(move || view! { <span role="status">{kept}</span> }) back=door.back()>
            <Steps door=door />
            <ProblemSummary problems=door.problems_here() lead=door.lead() />
            {move || match step.get() {
                Step::Who => view! { <who::Who door=door /> }.into_any(),
                Step::Met => view! { <met::Met door=door /> }.into_any(),
                Step::Nobody => view! { <nobody::NobodyThere door=door /> }.into_any(),
                Step::Situation => view! { <situation::Situation door=door /> }.into_any(),
                Step::Promises => view! { <promises::Promises door=door /> }.into_any(),
            }}
            <PrimaryBar label=door.press_label() press=door.press() busy=door.saving>
                <NotKept why=stuck />
            </PrimaryBar>
        </Screen>
    }
}

/// ●谁 ── ○见到 ── ○情况 ── ○约定
#[component]
fn Steps(door: Door) -> impl IntoView {
    let steps = move || {
        let path = door.form.with(trail::path);
        path.into_iter()
            .filter(|step| *step != Step::Nobody)
            .map(|step| {
                let here = move || {
                    let now = door.trail.step.get();
                    step == now || (step == Step::Met && now == Step::Nobody)
                };
                view! {
                    <li
                        class:done=move || step < door.trail.step.get() && !here()
                        aria-current=move || here().then_some("step")
                    >
                        {say(match step {
                            Step::Who => "visit.step.who",
                            Step::Met | Step::Nobody => "visit.step.met",
                            Step::Situation => "visit.step.situation",
                            Step::Promises => "visit.step.promises",
                        })}
                    </li>
                }
            })
            .collect_view()
    };
    view! { <ol class="steps" aria-label=say("visit.step.label")>{steps}</ol> }
}
