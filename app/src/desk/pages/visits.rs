//! 走访: the visits of my school, filtered, and one of them at the right.

use super::answer::{LookTag, StandingTag, look, standing};
use super::frame::Screen;
use super::load::{Answered, Loaded, load};
use super::query::Query;
use super::table::{Choice, Toggle, Total, page_of, places};
use super::visit::VisitDrawer;
use super::{begun, said};
use crate::desk::Paged;
use crate::desk::visits::{Look, VisitRow, VisitsAsked};
use crate::desk::{Begun, functions};
use crate::ui::{Mark, Tag};
use crate::words::say;
use chrono::{Datelike, Days, NaiveDate};
use domain::actor::Role;
use domain::confirmation::Standing;
use domain::ids::{EntryId, UserId};
use domain::vocabulary::VisitKind;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use std::sync::Arc;
use uuid::Uuid;

/// Standings that can be asked for, in the order of the work.
const STANDINGS: [Standing; 5] =
    [Standing::Waiting, Standing::ChangedAfter, Standing::Corrected, Standing::Unable, Standing::Confirmed];

/// What the address asks for.
fn asked(query: Query, today: NaiveDate, begun: &Begun) -> VisitsAsked {
    let (from, to) = match query.text("period").as_str() {
        "week" => (Some(today - Days::new(u64::from(today.weekday().num_days_from_monday()))), None),
        "month" => (today.with_day(1), None),
        "term" => (begun.directory.calendar.term_of(today).map(|term| term.starts_on), None),
        "days" => (query.value("from"), query.value("to")),
        _ => (None, None),
    };
    VisitsAsked {
        place: query.value("place"),
        kind: Some(query.text("kind"))
            .filter(|code| !code.is_empty())
            .map(|code| VisitKind::from_code(&code)),
        from,
        to,
        author: query.value::<Uuid>("who").map(UserId),
        look: Look::ALL.into_iter().find(|look| look.code() == query.text("look")),
        standing: STANDINGS.into_iter().find(|standing| standing.code() == query.text("standing")),
        late: query.text("late") == "1",
        page: query.page(),
    }
}

/// The page.
#[component]
pub fn Visits() -> impl IntoView {
    let begun = begun();
    let query = Query::get();
    // What is opened at the right changes the address and must not ask for the list again.
    let asked = {
        let begun = begun.clone();
        Memo::new(move |_| asked(query, begun.today(), &begun))
    };
    let loaded = load(move || {
        let asked = asked.get();
        Some(async move { functions::visits(asked).await })
    });
    let open = Memo::new(move |_| query.value::<Uuid>("open").map(EntryId));
    let changed = Callback::new(move |()| loaded.again());
    let total = Memo::new(move |_| match asked.read().look {
        Some(Look::Waiting) => "desk.visits.total_waiting",
        _ => "desk.visits.total",
    });
    view! {
        <Screen
            title=say("desk.nav.visits").to_owned()
            aside=move || view! {
                {move || view! { <Total paged=loaded.value key=total.get() /> }}
                <Export asked=asked />
            }
            drawer=move || {
                view! {
                    <Show when=move || open.get().is_some()>
                        <VisitDrawer open=open changed=changed />
                    </Show>
                }
            }
        >
            <Filters />
            <List loaded=loaded open=open />
        </Screen>
    }
}

#[component]
fn Filters() -> impl IntoView {
    let begun = begun();
    let query = Query::get();
    let kinds = VisitKind::ALL.iter().map(|k| (k.code().to_owned(), k.term().to_owned())).collect();
    let standings = STANDINGS.map(|s| (s.code().to_owned(), say(standing(s)).to_owned())).into();
    let periods = ["week", "month", "term", "days"]
        .map(|period| (period.to_owned(), say(&format!("desk.period.{period}")).to_owned()))
        .into();
    let staff = begun
        .directory
        .people
        .iter()
        .filter(|p| {
            p.posts.iter().any(|post| !matches!(post.role, Role::Cadre | Role::Township | Role::Admin))
        })
        .map(|p| (p.id.to_string(), p.name.clone()))
        .collect();
    let looks = Look::ALL.map(|l| (l.code(), say(look(l)))).into_iter().chain(Some(("", say("desk.all"))));
    let looks =
        looks.map(|(value, label)| view! { <Toggle name="look" value=value label=label stays=true /> });
    view! {
        <div class="filters" role="group" aria-label=say("desk.filters")>
            {looks.collect_view()}
            <Choice name="place" label=say("desk.filter.place") options=places() />
            <Choice name="kind" label=say("desk.filter.kind") options=kinds />
            <Choice name="period" label=say("desk.filter.period") options=periods />
            <Show when=move || query.text("period") == "days">
                <Day name="from" label=say("desk.period.from") />
                <Day name="to" label=say("desk.period.to") />
            </Show>
            <Choice name="who" label=say("desk.filter.who") options=staff />
            <Choice name="standing" label=say("desk.filter.standing") options=standings />
            <Toggle name="late" label=say("desk.filter.late") />
        </div>
    }
}

/// A day as part of a filter.
#[component]
fn Day(name: &'static str, #[prop(into)] label: String) -> impl IntoView {
    let query = Query::get();
    view! {
        <label class="choice" class:on=move || !query.text(name).is_empty()>
            <span>{label}</span>
            <input
                type="date"
                prop:value=move || query.text(name)
                on:change=move |event| query.change(&[(name, &event_target_value(&event)), ("page", "")])
            />
        </label>
    }
}

#[component]
fn List(loaded: Loaded<Paged<VisitRow>>, open: Memo<Option<EntryId>>) -> impl IntoView {
    let begun = begun();
    let query = Query::get();
    // Everything read is good news; nothing found is a filter, or nothing is there yet.
    let none = move || {
        let filtered = ["look", "place", "kind", "period", "who", "standing", "late"];
        let key = if query.text("look") == Look::Waiting.code() {
            "desk.visits.none"
        } else if filtered.iter().any(|name| !query.text(name).is_empty()) {
            "desk.visits.none_filtered"
        } else {
            "desk.visits.none_yet"
        };
        say(key).to_owned()
    };
    let rows = move |rows: Vec<VisitRow>| {
        let reviewed = rows.iter().any(|row| row.look.is_some());
        let rows = rows
            .into_iter()
            .map(|row| view! { <Row row=row open=open begun=begun.clone() query=query reviewed=reviewed /> })
            .collect_view();
        view! {
            <div class="table">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{say("desk.column.when")}</th>
                            <th scope="col">{say("desk.column.child")}</th>
                            <th scope="col" class="spare">{say("desk.column.class")}</th>
                            <th scope="col">{say("desk.column.kind")}</th>
                            <th scope="col" class="spare">{say("desk.column.household")}</th>
                            <th scope="col" class="spare">{say("desk.column.author")}</th>
                            <th scope="col">{say("desk.column.outcome")}</th>
                            <th scope="col">{say("desk.column.village")}</th>
                            {reviewed.then(|| view! { <th scope="col">{say("desk.column.look")}</th> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let show = move |paged: Paged<VisitRow>| page_of(paged, none, &rows);
    view! { <Answered loaded=loaded show=show /> }
}

#[component]
fn Row(
    row: VisitRow,
    open: Memo<Option<EntryId>>,
    begun: Arc<Begun>,
    query: Query,
    reviewed: bool,
) -> impl IntoView {
    let entry = row.entry;
    let id = entry.to_string();
    let address = move || query.with(&[("open", &id)]);
    let go = address.clone();
    let when = said::moment(&begun, row.started_at);
    let late = row.is_late().then(|| view! { <Tag mark=Mark::Paper word=say("desk.late").to_owned() /> });
    let doubt = row.is_doubtful().then(|| view! { <span class="hint">{say("desk.doubtful")}</span> });
    let household = format!("{} · {}", said::village(&begun, row.village), row.household);
    view! {
        <tr
            class="goes"
            aria-current=move || (open.get() == Some(entry)).then_some("true")
            on:click=move |_| use_navigate()(&untrack(&go), quietly())
        >
            <td class="digits">{when} " " {late} {doubt}</td>
            <th scope="row">
                <a href=address on:click=|event| event.stop_propagation()>
                    <bdi>{row.name}</bdi>
                </a>
            </th>
            <td class="spare">{said::class(&begun, row.class)}</td>
            <td>{row.kind.term().to_owned()}</td>
            <td class="spare">{household}</td>
            <td class="spare">
                <bdi>{row.author_name}</bdi>
            </td>
            <td>{row.outcome.term().to_owned()}</td>
            <td>
                <StandingTag value=row.standing />
            </td>
            {reviewed
                .then(|| view! { <td>{row.look.map(|look| view! { <LookTag value=look /> })}</td> })}
        </tr>
    }
}

/// To the drawer and back: the list stays where it is.
fn quietly() -> leptos_router::NavigateOptions {
    leptos_router::NavigateOptions { scroll: false, ..Default::default() }
}

/// The list as it is filtered, as a workbook. A form, so that the browser saves the answer as a file.
#[component]
fn Export(asked: Memo<VisitsAsked>) -> impl IntoView {
    let asked = move || serde_json::to_string(&asked.get()).unwrap_or_default();
    view! {
        <form method="post" action="/api/v1/desk/visits.xlsx" class="export">
            <input type="hidden" name="asked" prop:value=asked />
            <button type="submit" class="link">
                {say("desk.export")}
            </button>
        </form>
    }
}
