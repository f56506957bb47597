//! 晚上补几句: three boxes, all optional, shown under the visit with their own time. What the office
//! asked for stands above them as the question of a box of its own.

use crate::dates;
use crate::device;
use crate::phone::{Autosave, Phone};
use crate::phrase;
use crate::ui::{Empty, NotKept, Note, PrimaryBar, Screen, go_back};
use crate::words::{say, say_with};
use crate::writing;
use domain::entry::{Body, Subject};
use domain::ids::{EntryId, KnockId};
use domain::review::Verdict;
use domain::sync::NewEntry;
use domain::visit::knock::{Knock, Standing};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

/// What is typed, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Words {
    #[serde(default)]
    reply: String,
    family: String,
    school: String,
    opinion: String,
    /// Children of the household these words are not about.
    #[serde(default)]
    without: Vec<domain::ids::StudentId>,
}

/// The page of `/supplement/:entry`.
#[component]
pub fn Supplement() -> impl IntoView {
    let phone = Phone::get();
    let params = use_params_map();
    let entry = params.read_untracked().get_str("entry").and_then(|text| text.parse().ok()).map(EntryId);
    let found = entry.and_then(|entry| find(phone, entry));
    let draft = RwSignal::new(None::<Words>);
    let Some((entry, knock)) = entry.zip(found) else {
        return view! {
            <Screen title=say("supplement.title")>
                <Empty text=say("saved.gone")>
                    <a class="secondary" href="/">{say("go.home")}</a>
                </Empty>
            </Screen>
        }
        .into_any();
    };
    spawn_local(async move {
        let kept = phone.draft::<Words>(&key(entry)).await;
        draft.try_set(Some(kept.unwrap_or_default()));
    });
    (move || draft.get().map(|words| view! { <Form entry=entry knock=knock.clone() words=words /> }))
        .into_any()
}

fn key(entry: EntryId) -> String {
    format!("supplement/{entry}")
}

/// The knock of a visit of one's own.
fn find(phone: Phone, entry: EntryId) -> Option<Knock> {
    let me = phone.me.get_untracked()?;
    phone.replica.with_untracked(|replica| {
        let queued = replica.outbox.iter().find(|q| q.entry.id == entry).and_then(|q| q.entry.knock);
        let pulled = || {
            let named = entry.to_string();
            let files = replica.caseload.files.values().filter(|file| file.entries.may_mention(&named));
            files
                .flat_map(|f| &f.entries)
                .find(|seen| seen.entry.id == entry)
                .and_then(|seen| seen.entry.knock)
        };
        let knock: KnockId = queued.or_else(pulled)?;
        Knock::find(knock, replica, &me)
    })
}

#[component]
fn Form(entry: EntryId, knock: Knock, words: Words) -> impl IntoView {
    let phone = Phone::get();
    let reply = RwSignal::new(words.reply.clone());
    let family = RwSignal::new(words.family.clone());
    let school = RwSignal::new(words.school.clone());
    let opinion = RwSignal::new(words.opinion.clone());
    let form = RwSignal::new(words);
    let keep = Callback::new(move |()| {
        form.update(|words| {
            words.reply = reply.get_untracked();
            words.family = family.get_untracked();
            words.school = school.get_untracked();
            words.opinion = opinion.get_untracked();
        });
    });
    let first = knock.first().cloned();
    let title = first.as_ref().map(|v| title(phone, v)).unwrap_or_default();
    let about = first.map(|v| {
        format!("{} · {}", dates::moment(v.visit.started_at, device::now()), phrase::who_was_met(&v.visit))
    });
    let autosave = Autosave::watch(key(entry), Signal::stored(title.clone()), form);
    let asked = asked(phone, &knock);
    let failed = RwSignal::new(None);
    let saving = RwSignal::new(false);
    let correct = format!("/visit/{}?correct=1", knock.id);
    let children = knock.visits.clone();
    let visits = StoredValue::new(knock.visits);
    let nothing = RwSignal::new(false);
    let save = Callback::new(move |()| {
        let entries = entries(&form.get_untracked(), &visits.get_value(), &title);
        nothing.set(entries.is_empty());
        if entries.is_empty() {
            return;
        }
        saving.set(true);
        spawn_local(async move {
            autosave.stop();
            match phone.record(entries, Some(&key(entry))).await {
                Ok(()) => {
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
    let kept = move || autosave.said();
    view! {
        <Screen title=say("supplement.title") aside=ViewFn::from(move || view! { <span role="status">{kept}</span> })>
            <p class="group-label">{about}</p>
            {asked.map(|what| {
                let question = say_with("state.returned", &[("what", phrase::quoted(&what))]);
                view! { <Note id="reply" label=question hint=say("supplement.reply") value=reply changed=keep /> }
            })}
            {(children.len() > 1).then(|| view! { <Children children=children form=form /> })}
            <div>
                <Note id="family" label=say("supplement.family") value=family changed=keep />
                <Note id="school" label=say("supplement.school") value=school changed=keep />
                <Note id="opinion" label=say("supplement.opinion") value=opinion changed=keep />
            </div>
            <p class="group-label">{say("supplement.hint")}</p>
            <div class="links">
                <a class="link" href=correct>{say("supplement.correct")}</a>
            </div>
            <PrimaryBar label=say("visit.save") press=save busy=saving>
                <Show when=move || nothing.get()>
                    <p class="error" role="alert">{say("supplement.empty")}</p>
                </Show>
                <NotKept why=failed />
            </PrimaryBar>
        </Screen>
    }
}

/// Siblings of one knock: whom the words are about.
#[component]
fn Children(children: Vec<Standing>, form: RwSignal<Words>) -> impl IntoView {
    children
        .into_iter()
        .map(|child| {
            let student = child.student;
            view! {
                <label class="cell tick">
                    <input
                        type="checkbox"
                        prop:checked=move || form.with(|w| !w.without.contains(&student))
                        on:change=move |event| {
                            let ticked = event_target_checked(&event);
                            form.update(|words| {
                                words.without.retain(|s| *s != student);
                                if !ticked {
                                    words.without.push(student);
                                }
                            });
                        }
                    />
                    <span class="cell-words"><bdi class="cell-title">{child.name.unwrap_or_default()}</bdi></span>
                </label>
            }
        })
        .collect_view()
}

fn title(phone: Phone, visit: &Standing) -> String {
    let village = phone.replica.with_untracked(|r| phrase::village(Some(visit.visit.village), &r.directory));
    format!("{village} {}", visit.visit.household)
}

/// What the office asked for, while it waits.
fn asked(phone: Phone, knock: &Knock) -> Option<String> {
    let me = phone.me.get_untracked()?;
    phone.replica.with_untracked(|replica| {
        knock.visits.iter().find_map(|visit| {
            let file = replica.file(visit.student, &me)?;
            let line = file
                .student
                .state
                .into_inner()
                .visits
                .into_iter()
                .find(|l| l.entry == visit.entry && !l.supplemented)?;
            line.review.filter(|r| r.verdict == Verdict::PleaseAdd)?.words
        })
    })
}

/// One entry a child that is ticked; nothing when nothing was typed.
fn entries(words: &Words, visits: &[Standing], label: &str) -> Vec<NewEntry> {
    let said = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let supplement = |visit| domain::visit::Supplement {
        visit: Some(visit),
        reply: said(&words.reply),
        family: said(&words.family),
        school: said(&words.school),
        guardian_opinion: said(&words.opinion),
        ..domain::visit::Supplement::default()
    };
    visits
        .iter()
        .filter(|v| !words.without.contains(&v.student))
        .map(|v| (v.student, supplement(v.entry)))
        .filter(|(_, supplement)| supplement.has_words())
        .map(|(student, supplement)| {
            writing::entry(Subject::Student(student), label.to_owned(), Body::Supplement(supplement))
        })
        .collect()
}
