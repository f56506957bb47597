//! 单独上报: a form of its own that leaves no trace on this phone's lists (ux 1.9): no row in 今日, none in
//! the file, a label that says nothing among what waits to be sent.

use crate::device;
use crate::phone::{Autosave, Phone};
use crate::ui::{
    Banner, Chip, Chips, Field, Input, NotKept, Note, PrimaryBar, ProblemSummary, Screen, Tone, go_back,
};
use crate::words::say;
use crate::writing;
use chrono::{NaiveDateTime, Utc};
use domain::calendar::{instant, zone};
use domain::entry::{Body, Subject};
use domain::ids::StudentId;
use domain::problem::Problem;
use domain::safeguarding::{Authority, SafeguardingReport};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

const MINUTE: &str = "%Y-%m-%dT%H:%M";

const AUTHORITIES: [(Authority, &str); 3] = [
    (Authority::Police, "report.police"),
    (Authority::Civil, "report.civil"),
    (Authority::Education, "report.education"),
];

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Draft {
    what: String,
    noticed_at: String,
    place: String,
    reported_to: Vec<Authority>,
    receipt: String,
}

/// The page of `/report/:student`.
#[component]
pub fn Report() -> impl IntoView {
    let phone = Phone::get();
    let params = use_params_map();
    let student =
        params.read_untracked().get_str("student").and_then(|text| text.parse().ok()).map(StudentId);
    let draft = RwSignal::new(None::<Draft>);
    if let Some(student) = student {
        spawn_local(async move {
            let fresh = || Draft {
                noticed_at: device::now().with_timezone(&zone()).format(MINUTE).to_string(),
                ..Draft::default()
            };
            let kept = phone.draft::<Draft>(&key(student)).await;
            draft.try_set(Some(kept.unwrap_or_else(fresh)));
        });
    }
    move || student.zip(draft.get()).map(|(student, draft)| view! { <Form student=student draft=draft /> })
}

fn key(student: StudentId) -> String {
    format!("report/{student}")
}

#[component]
fn Form(student: StudentId, draft: Draft) -> impl IntoView {
    let phone = Phone::get();
    let name = phone.replica.with_untracked(|replica| {
        let file = replica.caseload.files.get(&student);
        file.and_then(|f| f.student.state.basics.as_ref()).map(|b| b.name.clone()).unwrap_or_default()
    });
    let what = RwSignal::new(draft.what.clone());
    let noticed_at = RwSignal::new(draft.noticed_at.clone());
    let place = RwSignal::new(draft.place.clone());
    let receipt = RwSignal::new(draft.receipt.clone());
    let form = RwSignal::new(draft);
    let keep = Callback::new(move |()| {
        form.update(|draft| {
            draft.what = what.get_untracked();
            draft.noticed_at = noticed_at.get_untracked();
            draft.place = place.get_untracked();
            draft.receipt = receipt.get_untracked();
        });
    });
    // The title of a draft could be read in a list; this one says nothing.
    let autosave = Autosave::watch(key(student), Signal::stored(say("report.neutral").to_owned()), form);
    let attempted = RwSignal::new(false);
    let saving = RwSignal::new(false);
    let failed = RwSignal::new(None);
    let problems = Signal::derive(move || if attempted.get() { form.with(problems_of) } else { Vec::new() });
    let wrong = move |field: &'static str| {
        Signal::derive(move || problems.read().iter().find(|p| p.field == field).map(crate::ui::sentence))
    };
    let save = Callback::new(move |()| {
        let draft = form.get_untracked();
        attempted.set(true);
        if !problems_of(&draft).is_empty() {
            return;
        }
        saving.set(true);
        let body = Body::SafeguardingReport(report(&draft));
        let entry = writing::entry(Subject::Student(student), say("report.neutral").to_owned(), body);
        spawn_local(async move {
            autosave.stop();
            match phone.record(vec![entry], Some(&key(student))).await {
                Ok(()) => {
                    // No page to come back to, no row: a word, and it is gone.
                    phone.passing.set(Some(say("saved.on_phone")));
                    go_back();
                }
                Err(why) => {
                    autosave.resume();
                    failed.set(Some(why));
                    saving.set(false);
                }
            }
        });
    });
    let authority = move |(authority, key): (Authority, &'static str)| {
        view! {
            <Chip
                label=say(key)
                on=Signal::derive(move || form.with(|d| d.reported_to.contains(&authority)))
                press=Callback::new(move |()| {
                    form.update(|d| {
                        if d.reported_to.contains(&authority) {
                            d.reported_to.retain(|a| *a != authority);
                        } else {
                            d.reported_to.push(authority);
                        }
                    });
                })
            />
        }
    };
    let kept = move || autosave.said();
    view! {
        <Screen title=say("report.title") aside=ViewFn::from(move || view! { <span role="status">{kept}</span> })>
            <ProblemSummary problems=problems />
            <Banner tone=Tone::Plain>{say("report.entry")}</Banner>
            <p class="group-label"><bdi>{name}</bdi></p>
            <div>
                <Note id="what" label=say("report.what") value=what changed=keep wrong=wrong("what") rows=4 />
                <Field
                    id="noticed_at"
                    label=say("report.when")
                    input=Input::Moment
                    value=noticed_at
                    changed=keep
                    wrong=wrong("noticed_at")
                />
                <Field id="place" label=say("report.place") value=place changed=keep />
                <Chips question=say("report.to") hint=say("visit.several")>
                    {AUTHORITIES.map(authority).collect_view()}
                </Chips>
                <Field id="receipt" label=say("report.receipt") value=receipt changed=keep />
            </div>
            <PrimaryBar label=say("visit.save") press=save busy=saving>
                <NotKept why=failed />
            </PrimaryBar>
        </Screen>
    }
}

fn problems_of(draft: &Draft) -> Vec<Problem> {
    let mut problems = Vec::new();
    if draft.what.trim().is_empty() {
        problems.push(Problem::at("what", "REQUIRED"));
    }
    if moment(&draft.noticed_at).is_none() {
        problems.push(Problem::at("noticed_at", "REQUIRED"));
    }
    problems
}

fn moment(text: &str) -> Option<chrono::DateTime<Utc>> {
    let at = NaiveDateTime::parse_from_str(text, MINUTE).ok()?;
    Some(instant(at.date(), at.time()))
}

fn report(draft: &Draft) -> SafeguardingReport {
    let said = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    SafeguardingReport {
        what: draft.what.trim().to_owned(),
        noticed_at: moment(&draft.noticed_at).unwrap_or_else(device::now),
        place: said(&draft.place),
        reported_to: draft.reported_to.clone(),
        receipt: said(&draft.receipt),
    }
}
