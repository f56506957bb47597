//! K5 存好了: it is on the phone, where it goes from here, and what may follow: the village's word, a
//! card for the family, a correction, words in the evening, the next house.

pub mod family;
pub mod next;

use crate::dates;
use crate::device;
use crate::pages::file::timeline::{WRITTEN_LATER_MINUTES, went_and_wrote};
use crate::pages::village::standing::{VillageStanding, heard, is_answered};
use crate::phone::Phone;
use crate::phrase;
use crate::ui::sheet::place::once_all_closed;
use crate::ui::{Cell, Empty, Group, Icon, NotKept, Screen, Shape, Sheet};
use crate::words::{say, say_with};
use crate::writing::{self, Writing};
use domain::entry::{Body, Subject};
use domain::ids::{EntryId, KnockId};
use domain::student::VisitLine;
use domain::sync::{NewEntry, Progress};
use domain::visit::Supplement;
use domain::visit::knock::Knock;
use family::ForFamily;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use next::{NextHouses, Onward, houses};

/// The page of `/saved/:knock`.
#[component]
pub fn Saved() -> impl IntoView {
    let phone = Phone::get();
    let params = use_params_map();
    let navigate = use_navigate();
    let home = Callback::new(move |()| navigate("/", NavigateOptions::default()));
    let knock = Memo::new(move |_| {
        let id = params.read().get_str("knock").and_then(|text| text.parse().ok()).map(KnockId)?;
        let me = phone.me.get()?;
        phone.replica.with(|replica| Knock::find(id, replica, &me))
    });
    let more = RwSignal::new(false);
    let aside = move || {
        view! {
            <button type="button" class="more" aria-label=say("go.more") on:click=move |_| more.set(true)>
                <Icon shape=Shape::More />
            </button>
        }
    };
    view! {
        <Screen title=say("saved.title") aside=ViewFn::from(aside) back=home>
            {move || match knock.get() {
                Some(knock) => view! { <Found knock=knock more=more /> }.into_any(),
                None => view! {
                    <Empty text=say("saved.gone")>
                        <a class="secondary" href="/">{say("go.home")}</a>
                    </Empty>
                }
                .into_any(),
            }}
        </Screen>
    }
}

#[component]
fn Found(knock: Knock, more: RwSignal<bool>) -> impl IntoView {
    let phone = Phone::get();
    let Some(first) = knock.first().cloned() else { return ().into_any() };
    let visit = first.visit.clone();
    let today = device::today();
    let id = knock.id;
    let place = {
        let village = phone.replica.with_untracked(|r| phrase::village(Some(visit.village), &r.directory));
        format!("{village} {}", visit.household)
    };
    let title = format!("{place} · {}", phrase::who_was_met(&visit));
    let mut agreed = phrase::agreed(&visit, today);
    agreed.extend(visit.next_follow_up_on.map(|on| {
        let key = if visit.reached_somebody() { "saved.next" } else { "saved.again" };
        say_with(key, &[("day", &phrase::day(on, today))])
    }));
    let needs = visit.needs_confirmation();
    // The village may answer while this screen stands.
    let asked = knock.clone();
    let line = Memo::new(move |_| village_line(phone, &asked));
    let heard = heard(phone, id);
    let asks = Memo::new(move |_| {
        let answered = |line: &VisitLine| is_answered(phone, line, heard.read().as_ref());
        needs && !line.read().as_ref().is_some_and(answered)
    });
    let done = knock.visits.iter().map(|v| v.student).chain(knock.sightings.iter().map(|(s, ..)| *s));
    let next = houses(phone, visit.village, done.collect());
    let onward = Onward::new(next);
    let backdated = (first.recorded_at - visit.started_at).num_minutes() > WRITTEN_LATER_MINUTES;
    let recorded = went_and_wrote(visit.started_at, first.recorded_at, device::now());
    let found = phone.replica.with_untracked(|replica| knock.found(replica));
    let found = found
        .into_iter()
        .map(|child| {
            let schooling = phrase::worded("schooling", child.schooling.code(), child.schooling.term());
            let note = phrase::list(Some(schooling).into_iter().chain(child.about));
            let title = say_with("saved.found", &[("name", &child.name)]);
            view! { <Cell title=title note=note /> }
        })
        .collect_view();
    let supplement = format!("/supplement/{}", first.entry);
    view! {
        <Where phone=phone knock=knock.clone() />
        <Group>
            <Cell
                title=title
                note=agreed.join(" · ")
                href=format!("/visit/{id}?correct=1")
                end=|| view! { <span class="change">{say("saved.correct")}</span> }
            />
            {backdated.then(|| view! { <p class="cell written-later">{recorded}</p> })}
            {found}
        </Group>
        {move || line.get().map(|line| view! { <div class="pad-inline"><VillageStanding line=Signal::stored(line) heard=heard /></div> })}
        <Differs line=line knock=knock.clone() />
        <div class="pad stack">
            {move || {
                if asks.get() {
                    view! { <a class="primary" href=format!("/confirm/{id}")>{say("saved.ask_village")}</a> }.into_any()
                } else {
                    view! {
                        <button type="button" class="primary" on:click=move |_| onward.go()>{move || onward.label()}</button>
                    }
                    .into_any()
                }
            }}
        </div>
        <div class="links centre">
            <ForFamily visit=visit.clone() student=first.student />
            <a class="link" href=supplement>{say("saved.supplement")}</a>
            <Show when=move || asks.get() || onward.is_a_house()>
                <a class="link" href="/">{say("go.home")}</a>
            </Show>
        </div>
        <NextHouses lines=next />
        <More knock=knock open=more />
    }
    .into_any()
}

/// ✓ 已存在手机; once it is there: 学校已收到 · 回执.
#[component]
fn Where(phone: Phone, knock: Knock) -> impl IntoView {
    let first = knock.first().map(|v| (v.entry, v.recorded_at));
    let state = Memo::new(move |_| {
        let (entry, recorded_at) = first?;
        let progress = phone.replica.with(|replica| replica.progress(entry).cloned());
        let at = dates::clock(recorded_at);
        Some(match progress {
            Some(Progress::Accepted { number, .. }) => {
                (say("saved.stored").to_owned(), say_with("saved.receipt", &[("number", &number)]), true)
            }
            Some(Progress::Quarantined { number }) => {
                (say("saved.held").to_owned(), say_with("saved.receipt", &[("number", &number)]), true)
            }
            Some(Progress::Refused { .. } | Progress::Returned { .. }) => {
                (say("saved.refused").to_owned(), say("saved.refused_note").to_owned(), false)
            }
            Some(Progress::Waiting) => {
                (say("saved.on_phone").to_owned(), say_with("saved.on_phone_note", &[("at", &at)]), true)
            }
            // Pulled from the school: written on another phone, or long ago.
            None => (say("saved.stored").to_owned(), at, true),
        })
    });
    view! {
        <div class="saved" role="status">
            {move || {
                state.get().map(|(words, note, good)| {
                    view! {
                        <span class="saved-mark" class:bad=!good>
                            <Icon shape=if good { Shape::Check } else { Shape::Warning } />
                        </span>
                        <p class="saved-words">{words}</p>
                        <p class="hint">{note}</p>
                    }
                })
            }}
        </div>
    }
}

/// The visit as the file shows it, once the school or this phone has folded it.
fn village_line(phone: Phone, knock: &Knock) -> Option<VisitLine> {
    let me = phone.me.get_untracked()?;
    let first = knock.first()?;
    phone.replica.with(|replica| {
        let file = replica.file(first.student, &me)?;
        file.student.state.into_inner().visits.into_iter().find(|line| line.knock == knock.id && line.needed)
    })
}

/// 知道了, while what the village sees differently has not been taken up.
#[component]
fn Differs(line: Memo<Option<VisitLine>>, knock: Knock) -> impl IntoView {
    let phone = Phone::get();
    let open = Memo::new(move |_| {
        let line = line.read();
        let policy = phone.replica.with(|replica| replica.directory.policy.clone());
        line.as_ref().and_then(|line| line.unheard(&policy)).map(|answer| answer.entry)
    });
    let press = move |answer: EntryId, writing: Writing| {
        let label = knock.first().map(|v| v.visit.household.clone()).unwrap_or_default();
        let known = |v: &domain::visit::knock::Standing| {
            let heard = Supplement { visit: Some(v.entry), heard: Some(answer), ..Supplement::default() };
            writing::entry(Subject::Student(v.student), label.clone(), Body::Supplement(heard))
        };
        writing.write(knock.visits.iter().map(known).collect(), || ());
    };
    move || {
        open.get().map(|answer| {
            let press = press.clone();
            let writing = Writing::new(phone);
            view! {
                <div class="pad stack">
                    <NotKept why=writing.failed />
                    <button type="button" class="secondary" on:click=move |_| press(answer, writing)>{say("saved.known")}</button>
                </div>
            }
        })
    }
}

/// ⋯: 单独上报, and 撤回 when it was the wrong house.
#[component]
fn More(knock: Knock, open: RwSignal<bool>) -> impl IntoView {
    let phone = Phone::get();
    let navigate = use_navigate();
    let asking = RwSignal::new(false);
    let failed = RwSignal::new(None);
    let children: Vec<_> =
        knock.visits.iter().map(|v| (v.student, v.name.clone().unwrap_or_default())).collect();
    let several = children.len() > 1;
    let label = knock.first().map(|v| v.visit.household.clone()).unwrap_or_default();
    let withdraw = Callback::new(move |()| {
        let entries = knock.withdraw(None).into_iter().map(|(subject, supersedes, body)| NewEntry {
            knock: Some(knock.id),
            supersedes,
            ..writing::entry(subject, label.clone(), body)
        });
        let entries = entries.collect();
        let refused: Vec<_> = knock.visits.iter().filter(|v| v.refused).map(|v| v.entry).collect();
        let navigate = navigate.clone();
        spawn_local(async move {
            let mut kept = phone.record(entries, None).await;
            for entry in refused {
                kept = kept.and(phone.settle(entry).await);
            }
            match kept {
                Ok(()) => {
                    phone.passing.set(Some(say("file.withdrawn")));
                    // The visit is no more: home stands where its page stood.
                    let _ = open.try_set(false);
                    once_all_closed(move || {
                        navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
                    });
                }
                Err(why) => drop(failed.try_set(Some(why))),
            }
        });
    });
    let reports = StoredValue::new(children);
    view! {
        <Sheet open=open title=say("go.more")>
            <Group>
                {reports
                    .get_value()
                    .into_iter()
                    .map(|(student, name)| {
                        let title = say("report.title");
                        let title = if several { format!("{title} · {name}") } else { title.to_owned() };
                        view! { <Cell title=title href=format!("/report/{student}") /> }
                    })
                    .collect_view()}
                <Cell title=say("saved.withdraw") press=Callback::new(move |()| asking.set(true)) />
            </Group>
            <Show when=move || asking.get()>
                <div class="pad stack">
                    <p>{say("saved.withdraw_ask")}</p>
                    <NotKept why=failed />
                    <button type="button" class="secondary" on:click=move |_| withdraw.run(())>
                        {say("saved.withdraw_do")}
                    </button>
                </div>
            </Show>
        </Sheet>
    }
}
