//! 今日: what I owe. By the day it is due, or by village to plan a walk; forms begun and not finished on
//! top, houses of today's walk at the end. A house is one row: it says what is most pressing there, opens
//! the reasons, and has one tap to act.

pub mod drafts;
pub mod duty_line;
pub mod house;
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
use drafts::Drafts;
use duty_line::Act;
use house::House;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use row::Row;
use std::collections::BTreeMap;
use why::Why;

/// The page.
#[component]
pub fn Today() -> impl IntoView {
    let phone = Phone::get();
    let query = use_query_map();
    let by_village = Memo::new(move |_| query.read().get_str("by") == Some("village"));
    let houses = Memo::new(move |_| houses(phone));
    let why = RwSignal::new(None::<House>);
    let some = Memo::new(move |_| !houses.read().is_empty());
    view! {
        <Screen title=say("tab.today") tab=Tab::Today>
            <Drafts phone=phone />
            <Nothing phone=phone houses=houses />
            <Show when=move || some.get()>
                <nav class="switch" aria-label=say("today.order")>
                    <a href="/" aria-current=move || (!by_village.get()).then_some("true")>{say("today.by_day")}</a>
                    <a href="/?by=village" aria-current=move || by_village.get().then_some("true")>
                        {say("today.by_village")}
                    </a>
                </nav>
                {move || {
                    let (been, left): (Vec<_>, Vec<_>) = houses.get().into_iter().partition(|house| house.been);
                    let groups = if by_village.get() { by_place(phone, left) } else { by_day(left) };
                    let been = (!been.is_empty()).then(|| view! { <Houses label=say("today.been") houses=been why=why quiet=true /> });
                    view! {
                        {groups
                            .into_iter()
                            .map(|(label, houses)| view! { <Houses label=label houses=houses why=why /> })
                            .collect_view()}
                        {been}
                    }
                }}
            </Show>
            <Why house=why />
        </Screen>
    }
}

fn houses(phone: Phone) -> Vec<House> {
    let now = device::now();
    let Some(me) = phone.me.get() else { return Vec::new() };
    phone
        .replica
        .with(|replica| House::all(replica.duties(&me, now), replica, &me, domain::calendar::local_date(now)))
}

type Groups = Vec<(String, Vec<House>)>;

fn by_day(houses: Vec<House>) -> Groups {
    let today = device::today();
    let week = today + Days::new(6);
    let bucket = |due: NaiveDate| match due {
        due if due < today => 0,
        due if due == today => 1,
        due if due <= week => 2,
        _ => 3,
    };
    let mut buckets: BTreeMap<usize, Vec<House>> = BTreeMap::new();
    for house in houses {
        buckets.entry(bucket(house.first.duty.due_on)).or_default().push(house);
    }
    const LABELS: [&str; 4] = ["today.overdue", "day.today", "today.this_week", "today.later"];
    buckets
        .into_iter()
        .map(|(bucket, houses)| (LABELS.get(bucket).map_or("", |key| say(key)).to_owned(), houses))
        .collect()
}

fn by_place(phone: Phone, houses: Vec<House>) -> Groups {
    let mut villages: BTreeMap<String, Vec<House>> = BTreeMap::new();
    phone.replica.with(|replica| {
        for house in houses {
            let code =
                house.first.village.and_then(|id| replica.directory.village(id)).map(|v| v.code.clone());
            // Where the village is not known comes last.
            villages.entry(code.unwrap_or_else(|| "~".into())).or_default().push(house);
        }
    });
    villages
        .into_values()
        .map(|houses| {
            let village = houses.first().and_then(|house| house.first.village);
            let name = phone.replica.with_untracked(|r| phrase::village(village, &r.directory));
            (if name.is_empty() { say("today.elsewhere").to_owned() } else { name }, houses)
        })
        .collect()
}

/// A group of rows, a few at first and more as the thumb goes on.
#[component]
fn Houses(
    #[prop(into)] label: String,
    houses: Vec<House>,
    why: RwSignal<Option<House>>,
    /// Done for today: there to look at, not to be done.
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let count = houses.len();
    let label = if count > 5 { format!("{label} · {count}") } else { label };
    let houses = StoredValue::new(houses);
    view! {
        <section class="group" class:quiet-group=quiet>
            <h2 class="group-label">{label}</h2>
            <ul class="cells">
                <More
                    count=count
                    row=move |at: usize| {
                        houses
                            .with_value(|houses| houses.get(at).cloned())
                            .map(|house| view! { <Row house=house why=why /> })
                            .into_any()
                    }
                />
            </ul>
        </section>
    }
}

/// What is said when nothing is due today (ux 12).
#[component]
fn Nothing(phone: Phone, houses: Memo<Vec<House>>) -> impl IntoView {
    move || {
        let today = device::today();
        let children = phone.replica.with(|replica| replica.caseload.files.len());
        let (due, next) = houses.with(|houses| {
            let due = houses.iter().any(|house| house.first.duty.due_on <= today);
            let next = houses.iter().map(|house| &house.first).find(|line| line.duty.due_on > today);
            (due, next.cloned())
        });
        if children == 0 && houses.read().is_empty() {
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
        // Who sees children only while a matter is open got no roster.
        let only_open = NoChildren::why(phone) == NoChildren::NothingOpen;
        let first = if only_open { "today.first_open" } else { "today.first" };
        match next {
            None if untouched => view! {
                <Empty text=say_with(first, &[("n", &children.to_string())])>
                    <a class="primary" href="/students">{say("tab.students")}</a>
                </Empty>
            }
            .into_any(),
            None => view! { <Empty text=say("today.none") /> }.into_any(),
            Some(next) => {
                let day = dates::day(next.duty.due_on, today);
                let act = next.acts.first().map(Act::words);
                let what = [Some(day), act, Some(next.about)].into_iter().flatten().collect::<Vec<_>>();
                let what = say_with("today.next", &[("what", &what.join(" "))]);
                view! { <p class="today-none">{say("today.none")} {what}</p> }.into_any()
            }
        }
    }
}
