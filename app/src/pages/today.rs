//! 今日: what I owe. By the day it is due, or by village to plan a walk; forms begun and not finished on
//! top. Each row says what is the matter, opens its reason, and has one tap to act.

pub mod drafts;
pub mod duty_line;
pub mod row;
pub mod why;

use crate::dates;
use crate::device;
use crate::pages::no_children::NoChildren;
use crate::phone::Phone;
use crate::phrase;
use crate::ui::{Empty, More, Screen, Tab};
use crate::words::{say, say_with};
use chrono::{Days, NaiveDate};
use domain::duty::Duty;
use drafts::Drafts;
use duty_line::DutyLine;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use row::Row;
use std::collections::{BTreeMap, BTreeSet};
use why::Why;

/// The page.
#[component]
pub fn Today() -> impl IntoView {
    let phone = Phone::get();
    let query = use_query_map();
    let by_village = Memo::new(move |_| query.read().get_str("by") == Some("village"));
    let lines = Memo::new(move |_| lines(phone));
    let why = RwSignal::new(None::<DutyLine>);
    let some = Memo::new(move |_| !lines.read().is_empty());
    view! {
        <Screen title=say("tab.today") tab=Tab::Today>
            <Drafts phone=phone />
            <Nothing phone=phone lines=lines />
            <Show when=move || some.get()>
                <nav class="switch" aria-label=say("today.order")>
                    <a href="/" aria-current=move || (!by_village.get()).then_some("true")>{say("today.by_day")}</a>
                    <a href="/?by=village" aria-current=move || by_village.get().then_some("true")>
                        {say("today.by_village")}
                    </a>
                </nav>
                {move || {
                    let groups = if by_village.get() { by_place(phone, lines) } else { by_day(lines) };
                    groups
                        .into_iter()
                        .map(|(label, lines)| view! { <Duties label=label lines=lines why=why /> })
                        .collect_view()
                }}
            </Show>
            <Why line=why />
        </Screen>
    }
}

fn lines(phone: Phone) -> Vec<DutyLine> {
    let now = device::now();
    let Some(me) = phone.me.get() else { return Vec::new() };
    phone.replica.with(|replica| {
        let duties: Vec<Duty> = replica.duties(&me, now);
        let today = domain::calendar::local_date(now);
        // Of a house with several children one row.
        let mut houses = BTreeSet::new();
        let once =
            |duty: &Duty| duty.reason.knock().is_none_or(|knock| houses.insert((duty.reason.code(), knock)));
        duties.into_iter().filter(once).map(|duty| DutyLine::of(duty, replica, today)).collect()
    })
}

type Groups = Vec<(String, Vec<DutyLine>)>;

fn by_day(lines: Memo<Vec<DutyLine>>) -> Groups {
    let today = device::today();
    let week = today + Days::new(6);
    let bucket = |due: NaiveDate| match due {
        due if due < today => 0,
        due if due == today => 1,
        due if due <= week => 2,
        _ => 3,
    };
    let mut buckets: BTreeMap<usize, Vec<DutyLine>> = BTreeMap::new();
    for line in lines.get() {
        buckets.entry(bucket(line.duty.due_on)).or_default().push(line);
    }
    const LABELS: [&str; 4] = ["today.overdue", "day.today", "today.this_week", "today.later"];
    buckets
        .into_iter()
        .map(|(bucket, lines)| (LABELS.get(bucket).map_or("", |key| say(key)).to_owned(), lines))
        .collect()
}

fn by_place(phone: Phone, lines: Memo<Vec<DutyLine>>) -> Groups {
    let mut villages: BTreeMap<String, Vec<DutyLine>> = BTreeMap::new();
    phone.replica.with(|replica| {
        for line in lines.get() {
            let code = line.village.and_then(|id| replica.directory.village(id)).map(|v| v.code.clone());
            // Where the village is not known comes last.
            villages.entry(code.unwrap_or_else(|| "~".into())).or_default().push(line);
        }
    });
    villages
        .into_values()
        .map(|lines| {
            let village = lines.first().and_then(|line| line.village);
            let name = phone.replica.with_untracked(|r| phrase::village(village, &r.directory));
            (if name.is_empty() { say("today.elsewhere").to_owned() } else { name }, lines)
        })
        .collect()
}

/// A group of rows, a few at first and more as the thumb goes on.
#[component]
fn Duties(label: String, lines: Vec<DutyLine>, why: RwSignal<Option<DutyLine>>) -> impl IntoView {
    let count = lines.len();
    let label = if count > 5 { format!("{label} · {count}") } else { label };
    let lines = StoredValue::new(lines);
    view! {
        <section class="group">
            <h2 class="group-label">{label}</h2>
            <ul class="cells">
                <More
                    count=count
                    row=move |at: usize| {
                        lines
                            .with_value(|lines| lines.get(at).cloned())
                            .map(|line| view! { <Row line=line why=why /> })
                            .into_any()
                    }
                />
            </ul>
        </section>
    }
}

/// What is said when nothing is due today (ux 12).
#[component]
fn Nothing(phone: Phone, lines: Memo<Vec<DutyLine>>) -> impl IntoView {
    move || {
        let today = device::today();
        let children = phone.replica.with(|replica| replica.caseload.files.len());
        let (due, next) = lines.with(|lines| {
            let due = lines.iter().any(|line| line.duty.due_on <= today);
            (due, lines.iter().find(|line| line.duty.due_on > today).cloned())
        });
        if children == 0 && lines.read().is_empty() {
            let key = match NoChildren::why(phone) {
                NoChildren::NothingOpen => "today.none",
                why => why.key(),
            };
            return view! { <Empty text=say(key) /> }.into_any();
        }
        if due {
            return ().into_any();
        }
        let untouched = phone.replica.with(|replica| replica.next_seq == 1);
        match next {
            None if untouched => view! {
                <Empty text=say_with("today.first", &[("n", &children.to_string())])>
                    <a class="primary" href="/students">{say("tab.students")}</a>
                </Empty>
            }
            .into_any(),
            None => view! { <Empty text=say("today.none") /> }.into_any(),
            Some(next) => {
                let what = format!(
                    "{} {} {}",
                    dates::day(next.duty.due_on, today),
                    duty_line::errand_word(&next.duty.reason),
                    next.about,
                );
                let what = say_with("today.next", &[("what", &what)]);
                view! { <p class="today-none">{say("today.none")} {what}</p> }.into_any()
            }
        }
    }
}
