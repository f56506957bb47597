//! 学生: my children by class or village, and one of them at once by a few letters.

pub mod index;

use crate::browser;
use crate::device;
use crate::pages::no_children::NoChildren;
use crate::phone::Phone;
use crate::ui::more::FIRST;
use crate::ui::{Empty, More, Screen, Tab};
use crate::words::{say, say_with};
use domain::calendar::Calendar;
use domain::ids::ClassId;
use index::{Row, Wanted, groups, rows};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The page. `?class=` shows one class, `?by=village` groups by village.
#[component]
pub fn Students() -> impl IntoView {
    let phone = Phone::get();
    let query = use_query_map();
    let by_village = Memo::new(move |_| query.read().get_str("by") == Some("village"));
    let class =
        Memo::new(move |_| query.read().get_str("class").and_then(|text| text.parse().ok()).map(ClassId));
    let typed = RwSignal::new(query.read_untracked().get_str("q").unwrap_or_default().to_owned());
    let index = Memo::new(move |_| {
        let today = device::today();
        let mut all = phone.replica.with(|replica| rows(replica, today));
        if let Some(class) = class.get() {
            all.retain(|row| row.class_id == class);
        }
        all
    });
    let wanted = Memo::new(move |_| Wanted::of(&typed.read()));
    // Places in the index: 1,500 children are not copied at every letter.
    let found = Memo::new(move |_| {
        let wanted = wanted.read();
        index.with(|rows| {
            let fits = |at: &usize| rows.get(*at).is_some_and(|row| wanted.fits(row));
            let mut found: Vec<usize> = (0..rows.len()).filter(fits).collect();
            if !wanted.is_empty() {
                found.sort_by_key(|at| rows.get(*at).map(|row| wanted.rank(row)));
            }
            found
        })
    });
    let title = Signal::derive(move || {
        let one = class.get().and_then(|_| index.with(|rows| rows.first().map(|row| row.class.clone())));
        one.unwrap_or_else(|| say("tab.students").to_owned())
    });
    // What was looked for is there again after a look into a file. Not at every letter: to change the
    // address takes longer than to find the child.
    let keep = move |text: String| {
        let mut to = String::from("/students?");
        if by_village.get_untracked() {
            to.push_str("by=village&");
        }
        if let Some(class) = class.get_untracked() {
            to.push_str(&format!("class={class}&"));
        }
        if !text.is_empty() {
            to.push_str(&format!("q={}", encoded(&text)));
        }
        // The router reads it when somebody comes back; until then it has nothing to do here.
        browser::replace_address(&to);
    };
    let list = move || {
        index.track();
        let found = found.get();
        if found.is_empty() {
            let text = typed.get_untracked();
            let text = if text.trim().is_empty() {
                say(NoChildren::why(phone).key()).to_owned()
            } else {
                say_with("students.not_found", &[("what", text.trim())])
            };
            return view! { <Empty text=text /> }.into_any();
        }
        let calendar = phone.replica.with_untracked(|r| r.directory.calendar.clone());
        if wanted.read().is_empty() {
            let groups = index.with(|rows| groups(rows, by_village.get()));
            let count = groups.len();
            let first = a_screen_of(&groups);
            let one = move |at: usize| {
                let Some((label, found)) = groups.get(at).cloned() else { return ().into_any() };
                let label = if label.is_empty() { say("today.elsewhere").to_owned() } else { label };
                let calendar = calendar.clone();
                view! { <li><Children label=label index=index found=found calendar=calendar by_village=by_village /></li> }
                    .into_any()
            };
            view! { <ul><More count=count first=first row=one /></ul> }.into_any()
        } else {
            view! { <Children label=String::new() index=index found=found calendar=calendar by_village=by_village /> }
            .into_any()
        }
    };
    view! {
        <Screen title=title tab=Tab::Students>
            <div class="search">
                <input
                    type="search"
                    inputmode="search"
                    autocomplete="off"
                    enterkeyhint="search"
                    aria-label=say("students.search")
                    placeholder=say("students.search_hint")
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:change=move |event| keep(event_target_value(&event))
                />
            </div>
            <nav class="switch" aria-label=say("today.order")>
                <a href="/students" aria-current=move || (!by_village.get()).then_some("true")>{say("students.by_class")}</a>
                <a href="/students?by=village" aria-current=move || by_village.get().then_some("true")>
                    {say("today.by_village")}
                </a>
            </nav>
            {list}
        </Screen>
    }
}

/// How many groups fill a phone's screen: the others come as the thumb goes on.
fn a_screen_of(groups: &[(String, Vec<usize>)]) -> usize {
    let mut rows = 0;
    let fills = |(_, found): &(String, Vec<usize>)| {
        rows += found.len();
        rows >= FIRST
    };
    groups.iter().position(fills).map_or(groups.len(), |at| at + 1)
}

/// Enough for an address of our own: what would end the value or the query.
fn encoded(text: &str) -> String {
    text.replace('%', "%25").replace('&', "%26").replace('#', "%23").replace('+', "%2B").replace(' ', "%20")
}

#[component]
fn Children(
    label: String,
    index: Memo<Vec<Row>>,
    found: Vec<usize>,
    calendar: Calendar,
    by_village: Memo<bool>,
) -> impl IntoView {
    let count = found.len();
    let label = if label.is_empty() { label } else { format!("{label} · {count}") };
    let found = StoredValue::new(found);
    let today = device::today();
    let calendar = StoredValue::new(calendar);
    let one = move |at: usize| {
        let place = found.with_value(|found| found.get(at).copied());
        let row = index.with_untracked(|rows| place.and_then(|place| rows.get(place).cloned()));
        let Some(row) = row else { return ().into_any() };
        let missed = row.absent_since.map(|since| {
            let n = calendar.with_value(|c| c.school_days_between(since, today)).max(1);
            view! { <span class="late">{say_with("visit.missed", &[("n", &n.to_string())])}</span> }
        });
        let place =
            if by_village.get_untracked() { [row.class, row.village] } else { [row.village, row.class] };
        let told = row.told_by.map(|number| say_with("students.number", &[("n", &number)]));
        let note =
            place.into_iter().chain(told).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        view! {
            <li>
                <a class="cell" href=format!("/students/{}", row.student)>
                    <span class="cell-words">
                        <bdi class="cell-title">{row.name}</bdi>
                        <span class="cell-note">{note}</span>
                    </span>
                    <span class="cell-end">{missed}</span>
                </a>
            </li>
        }
        .into_any()
    };
    view! {
        <section class="group">
            {(!label.is_empty()).then(|| view! { <h2 class="group-label">{label}</h2> })}
            <ul class="cells">
                <More count=count row=one />
            </ul>
        </section>
    }
}
